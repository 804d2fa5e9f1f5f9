// @ts-check
/** Arguments to measure with. @param {import("./dist/model.mjs").Model} model */
export function fill({ arrange, misfit, misfit_and_grad }) {
  for (const { args } of [arrange, misfit, misfit_and_grad]) {
    args.centers.set([-0.4, 0.1, 0.4, 0.1, 0, -0.4]);
    args.areas.set([0.8, 0.6, 0.45]);
    args.overlaps.set([0.2, 0.12, 0.15]);
  }
}
