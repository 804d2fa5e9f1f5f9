// @ts-check
/** Arguments to measure with. @param {import("./dist/model.mjs").Model} model */
export function fill({ energy, downhill }) {
  for (const f of [energy, downhill]) f.args.p.set([0, 0, 3, 0, 3, 4, 0, 4]);
}
