// @ts-check
/** Arguments to measure with: the foot, pulled aside. @param {import("./dist/model.mjs").Model} model */
export function fill({ bars, follow, start, turn }) {
  const [joints, lengths] = [start().flat(), bars().map(({ length }) => length)];
  for (const { args } of [follow, turn]) {
    args.joints.set(joints);
    args.lengths.set(lengths);
  }
  follow.args.held[0] = 5;
  follow.args.hand.set([joints[10] + 10, joints[11]]);
}
