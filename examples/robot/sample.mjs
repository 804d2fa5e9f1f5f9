// @ts-check
import { fill as fillIn, packed } from "./network.mjs";

/** Arguments to measure with: an untrained network. @param {import("./dist/model.mjs").Model} model */
export function fill({ loss, loss_and_grad, random_network, train, trajectory }) {
  random_network.args.seed[0] = 1;
  random_network.run();
  const weights = packed(random_network.result);
  for (const { args } of [loss, loss_and_grad, train, trajectory]) {
    fillIn(args, weights, { goal: [0.9, 0.2], lift: 0 });
  }
}
