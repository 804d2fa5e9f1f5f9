// What a loaded sample says; the same everywhere.
export function check({ energy, downhill, pick }) {
  const corners = [[0, 0], [3, 0], [3, 4], [0, 4]];
  downhill.args.p.set(corners.flat());
  downhill.run();
  const balls = [{ position: [0, 1], mass: 2 }, { position: [3, 4], mass: 0.5 }];
  return [energy(corners), downhill(corners), [...downhill.result], pick(balls, 1, [2, true])];
}
