// @ts-check
/** Arguments to measure with: DiffTaichi's opening. @param {import("./dist/model.mjs").Model} model */
export function fill({ loss, loss_and_grad, trajectory }) {
  for (const { args } of [loss, loss_and_grad, trajectory]) {
    args.position.set([0.1, 0.5]);
    args.velocity.set([0.3, 0]);
  }
  for (const { args } of [loss, loss_and_grad]) {
    args.goal.set([0.9, 0.75]);
    args.target[0] = 10;
  }
}
