// Our modules as an animation calls them: numbers are put in place, and looked at in place. Node and pages.

const leaves = (shaped) =>
  ArrayBuffer.isView(shaped) ? [shaped] : Object.values(shaped).flatMap(leaves);

const flatten = (views) => Float64Array.from(views.flatMap((view) => [...view]));

/** `call(x)` and `read(result)` for `measure`, of a function whose arguments are all numbers, one after the other. */
export const inPlace = (f) => {
  const views = leaves(f.args);
  const results = leaves(f.result);
  const [only] = views;
  const many = (x) => {
    let start = 0;
    for (const view of views) view.set(x.subarray(start, (start += view.length)));
    f.run();
    return results;
  };
  const one = (x) => {
    only.set(x);
    f.run();
    return results;
  };
  return { call: views.length === 1 ? one : many, read: flatten };
};
