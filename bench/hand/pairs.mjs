// Sum of sqrt((x[i % 100] - x[(7 i + 3) % 100])² + i + 1), and its gradient.

const SIZE = 100;

export const make = (n) => {
  const answer = new Float64Array(1 + SIZE);
  const gradient = answer.subarray(1);
  return (x) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const a = i % SIZE;
      const b = (7 * i + 3) % SIZE;
      const apart = x[a] - x[b];
      const root = Math.sqrt(apart * apart + i + 1);
      const slope = apart / root;
      sum += root;
      gradient[a] += slope;
      gradient[b] -= slope;
    }
    answer[0] = sum;
    return answer;
  };
};
