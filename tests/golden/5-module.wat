(module
  (func $energy.0
    (local f64)
    i32.const 0
    call $energy.1
    local.set 0
    i32.const 0
    local.get 0
    f64.store offset=64)
  (func $energy.1 (param i32) (result f64)
    (local f64 i32 i32 f64 f64)
    f64.const 0.0
    local.set 1
    i32.const 0
    local.set 2
    loop
      local.get 2
      i32.const 1
      i32.add
      i32.const 4
      i32.rem_u
      local.set 3
      local.get 0
      local.get 2
      i32.const 4
      i32.shl
      i32.add
      f64.load
      local.get 0
      local.get 3
      i32.const 4
      i32.shl
      i32.add
      f64.load
      f64.sub
      local.set 4
      local.get 0
      local.get 2
      i32.const 4
      i32.shl
      i32.add
      f64.load offset=8
      local.get 0
      local.get 3
      i32.const 4
      i32.shl
      i32.add
      f64.load offset=8
      f64.sub
      local.set 5
      local.get 4
      local.get 4
      f64.mul
      local.get 5
      local.get 5
      f64.mul
      f64.add
      f64.sqrt
      f64.const 1.0
      f64.sub
      local.set 5
      local.get 1
      local.get 5
      local.get 5
      f64.mul
      f64.add
      local.set 1
      local.get 2
      i32.const 1
      i32.add
      local.tee 2
      i32.const 4
      i32.lt_u
      br_if 0
    end
    local.get 1)
  (memory (export "memory") 1 1)
  (export "energy" (func $energy.0)))
