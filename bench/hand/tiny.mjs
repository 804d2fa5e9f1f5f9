// Sum of sqrt(1 + (x[i] - x[i + 1])²), and its gradient.

export const make = (n) => {
  const answer = new Float64Array(1 + n);
  const gradient = answer.subarray(1);
  return (x) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n - 1; i++) {
      const apart = x[i] - x[i + 1];
      const root = Math.sqrt(1 + apart * apart);
      const slope = apart / root;
      sum += root;
      gradient[i] += slope;
      gradient[i + 1] -= slope;
    }
    answer[0] = sum;
    return answer;
  };
};
