//! The loop: one `match` over private instruction words.
//!
//! `pc`, `regs` and `code` are the state of the running frame; Python-to-Python calls, returns, yields and handled
//! exceptions change them and stay in the loop. What a handler does not do inline is a function of `ops`, `call`,
//! `generator` or `unwind`, which answers with a status; a raise leaves the inner loop, and `unwind` finds out where
//! to go on. Native code that calls back enters `run` again.

use std::sync::atomic::Ordering;

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::cell;
use dx_object::types::function::FunctionObject;
use dx_object::value::Value;
use dx_object::{CompareOp, UnaryOp};
use dx_schemas::opcode::Op;

use crate::call::{self, Begun};
use crate::code::Code;
use crate::code::word::Pc;
use crate::frame::{Frame, Policy, ThreadState, Window};
use crate::generator::{self, Phase};
use crate::ops::{self, arith};
use crate::unwind::{self, Unwound};

/// How the inner loop was left.
enum Left {
    /// An exception is set in the thread.
    Raise,
    /// As `Raise`, for an exception that was raised before and keeps its context.
    Reraise,
    /// The frame that was entered is done.
    Done(Value),
}

/// How a return or yield goes on.
pub(crate) enum Next {
    /// With the frame that is now innermost.
    Frame,
    /// Out of the loop.
    Exit(Value),
}

/// Runs the innermost frame, which was pushed with [`Policy::Entry`], until it returns, yields or raises.
#[expect(clippy::too_many_lines, reason = "the loop is one match over the opcode table")]
pub(crate) fn run(thread: &Thread) -> PyResult<Value> {
    let ts = ThreadState::of(thread);
    let mut frame: &Frame;
    let mut regs: Window;
    let mut code: &Code;
    let mut pc: Pc;

    // The frame that is innermost now becomes the running one.
    macro_rules! reload {
        () => {{
            frame = ts.frames.innermost();
            regs = frame.registers;
            code = frame.code();
            pc = frame.pc();
        }};
    }

    if ts.throwing.take() {
        match unwind::unwind(thread, ts, ts.frames.innermost().pc(), true) {
            Unwound::Handler => {}
            Unwound::Exit(raised) => return Err(raised),
        }
    }
    reload!();

    loop {
        let left = 'inner: {
            macro_rules! check {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(_) => break 'inner Left::Raise,
                    }
                };
            }
            // For what can look at the frame from inside (native functions, code that they run).
            macro_rules! slow {
                ($result:expr) => {{
                    frame.pc.set(pc.0);
                    check!($result)
                }};
            }
            macro_rules! poll {
                () => {
                    if thread.poll.load(Ordering::Relaxed) != 0 {
                        slow!(ops::poll::poll(thread, ts));
                    }
                };
            }
            macro_rules! branch {
                ($taken:expr) => {
                    if $taken {
                        let offset = pc.fetch().jump();
                        pc.jump(offset);
                        if offset < 0 {
                            poll!();
                        }
                    } else {
                        pc.skip();
                    }
                };
            }
            macro_rules! begun {
                ($begun:expr, $register:expr) => {
                    match $begun {
                        Begun::Value(value) => regs.set($register, value),
                        Begun::Frame => {
                            reload!();
                            poll!();
                        }
                    }
                };
            }
            macro_rules! next {
                ($next:expr) => {
                    match $next {
                        Next::Frame => reload!(),
                        Next::Exit(value) => break 'inner Left::Done(value),
                    }
                };
            }
            macro_rules! finish {
                ($value:expr) => {
                    match call::finish(thread, ts, $value) {
                        Ok(next) => next!(next),
                        Err(_) => {
                            // The frame is gone; its caller raises.
                            pc = ts.frames.innermost().pc();
                            break 'inner Left::Raise;
                        }
                    }
                };
            }
            macro_rules! binary {
                ($word:expr, $ints:path, $floats:path, $slow:path) => {{
                    let (a, b) = (regs.get($word.b()), regs.get($word.c()));
                    if arith::both_small(a, b) {
                        if let Some(value) = $ints(a, b) {
                            regs.set($word.a(), value);
                            continue;
                        }
                    } else if a.is_float_immediate()
                        && b.is_float_immediate()
                        && let Some(value) = $floats(a, b)
                    {
                        regs.set($word.a(), value);
                        continue;
                    }
                    let value = slow!($slow(thread, a, b));
                    regs.set($word.a(), value);
                }};
            }
            macro_rules! operator {
                ($word:expr, $slow:path) => {{
                    let value = slow!($slow(thread, regs.get($word.b()), regs.get($word.c())));
                    regs.set($word.a(), value);
                }};
            }
            macro_rules! ordered {
                ($a:expr, $b:expr, $compare:tt) => {{
                    let (a, b): (Value, Value) = ($a, $b);
                    if arith::both_small(a, b) {
                        Some((a.word() as i64) $compare (b.word() as i64))
                    } else if a.is_float_immediate() && b.is_float_immediate() {
                        Some(a.float_value() $compare b.float_value())
                    } else {
                        None
                    }
                }};
            }
            macro_rules! compare {
                ($word:expr, $op:expr, $compare:tt) => {{
                    let (a, b) = (regs.get($word.b()), regs.get($word.c()));
                    let value = match ordered!(a, b, $compare) {
                        Some(answer) => Value::bool(answer),
                        None => slow!(thread.compare(a, b, $op)),
                    };
                    regs.set($word.a(), value);
                }};
            }
            macro_rules! test {
                ($word:expr, $op:expr, $compare:tt) => {{
                    let (a, b) = (regs.get($word.a()), regs.get($word.b()));
                    let answer = match ordered!(a, b, $compare) {
                        Some(answer) => answer,
                        None => slow!(arith::test(thread, a, b, $op)),
                    };
                    branch!(answer == ($word.c() != 0));
                }};
            }
            macro_rules! test_int {
                ($word:expr, $op:expr, $compare:tt) => {{
                    let (a, b) = (regs.get($word.a()), Value::small($word.b_small()));
                    let answer = if a.is_small() {
                        (a.word() as i64) $compare (b.word() as i64)
                    } else {
                        slow!(arith::test(thread, a, b, $op))
                    };
                    branch!(answer == ($word.c() != 0));
                }};
            }

            loop {
                let w = pc.fetch();
                ts.seen.note(w);
                match ops::op_of(w) {
                    Op::NOP | Op::WIDE => {}
                    Op::MOVE => regs.set(w.a(), regs.get(w.b())),
                    Op::LOAD_CONST => regs.set(w.a(), code.constant(w.bx())),
                    Op::LOAD_INT => regs.set(w.a(), Value::small(i64::from(w.bx() as i16))),
                    Op::LOAD_IMMEDIATE => regs.set(w.a(), ops::immediate(w.bx())),
                    Op::LOAD_COMMON => regs.set(w.a(), ops::common(thread, w.bx())),
                    Op::CHECK_LOCAL => {
                        if regs.get(w.a()).is_unbound() {
                            check!(Err::<(), _>(ops::names::unbound_local(thread, code, w.a())));
                        }
                    }
                    Op::CLEAR => regs.set(w.a(), Value::UNBOUND),
                    Op::KILL => regs.set(w.a(), Value::UNBOUND),

                    Op::NEW_CELL => regs.set(w.a(), cell::new(thread, Value::UNBOUND).value()),
                    Op::MAKE_CELL => regs.set(w.a(), cell::new(thread, regs.get(w.b())).value()),
                    Op::COPY_FREE => ops::names::copy_free(regs, w.a(), w.b()),
                    Op::LOAD_CELL => {
                        let value = ops::names::cell(regs.get(w.b())).content.get();
                        if value.is_unbound() {
                            check!(Err::<(), _>(ops::names::unbound_cell(thread, code, w.b())));
                        }
                        regs.set(w.a(), value);
                    }
                    Op::STORE_CELL => ops::names::set_cell(thread, regs.get(w.a()), regs.get(w.b())),
                    Op::DELETE_CELL => {
                        let cell = ops::names::cell(regs.get(w.a()));
                        if cell.content.get().is_unbound() {
                            check!(Err::<(), _>(ops::names::unbound_cell(thread, code, w.a())));
                        }
                        cell.content.set(Value::UNBOUND);
                    }
                    Op::LOAD_CLOSURE => regs.set(w.a(), regs.get(w.b())),

                    Op::LOAD_GLOBAL => {
                        let aux = pc.fetch();
                        let cache = code.cache(aux.cache());
                        let value = match ops::names::cached_global(regs, cache) {
                            Some(value) => value,
                            None => {
                                slow!(ops::names::load_global(thread, regs, code.name_at(aux.name()), cache))
                            }
                        };
                        regs.set(w.a(), value);
                    }
                    Op::STORE_GLOBAL => {
                        slow!(ops::names::store_global(thread, regs, code.name_at(w.bx()), regs.get(w.a())));
                    }
                    Op::DELETE_GLOBAL => slow!(ops::names::delete_global(thread, regs, code.name_at(w.bx()))),
                    Op::LOAD_NAME => {
                        let aux = pc.fetch();
                        let name = code.name_at(aux.name());
                        // A module's namespace is its globals, for which there is a cache.
                        let value = if regs.owner() == ops::names::function(regs).globals.get() {
                            let cache = code.cache(aux.cache());
                            match ops::names::cached_global(regs, cache) {
                                Some(value) => value,
                                None => slow!(ops::names::load_global(thread, regs, name, cache)),
                            }
                        } else {
                            slow!(ops::names::load_name(thread, regs, name))
                        };
                        regs.set(w.a(), value);
                    }
                    Op::STORE_NAME => {
                        slow!(ops::names::store_name(thread, regs, code.name_at(w.bx()), regs.get(w.a())));
                    }
                    Op::DELETE_NAME => slow!(ops::names::delete_name(thread, regs, code.name_at(w.bx()))),
                    Op::LOAD_LOCALS => regs.set(w.a(), regs.owner()),
                    Op::LOAD_DICT_OR_CELL => {
                        let aux = pc.fetch();
                        let name = code.name_at(aux.name());
                        let value =
                            slow!(ops::names::dict_or_cell(thread, code, regs.get(w.b()), name, regs, w.c()));
                        regs.set(w.a(), value);
                    }
                    Op::LOAD_DICT_OR_GLOBAL => {
                        let aux = pc.fetch();
                        let name = code.name_at(aux.name());
                        let value = slow!(ops::names::dict_or_global(thread, regs.get(w.b()), name, regs));
                        regs.set(w.a(), value);
                    }

                    Op::LOAD_ATTR => {
                        let aux = pc.fetch();
                        let cache = code.cache(aux.cache());
                        let object = regs.get(w.b());
                        let value = match ops::attr::cached(thread, object, cache) {
                            Some(value) => value,
                            None => slow!(ops::attr::load(thread, object, code.name_at(aux.name()), cache)),
                        };
                        regs.set(w.a(), value);
                    }
                    Op::STORE_ATTR => {
                        let aux = pc.fetch();
                        let cache = code.cache(aux.cache());
                        let (object, value) = (regs.get(w.a()), regs.get(w.b()));
                        if !ops::attr::cached_store(thread, object, value, cache) {
                            slow!(ops::attr::store(thread, object, code.name_at(aux.name()), value, cache));
                        }
                    }
                    Op::DELETE_ATTR => {
                        let aux = pc.fetch();
                        slow!(thread.delete_attr(regs.get(w.a()), code.name_at(aux.name())));
                    }
                    Op::LOAD_METHOD => {
                        let aux = pc.fetch();
                        let cache = code.cache(aux.cache());
                        let object = regs.get(w.b());
                        let (function, receiver) = match ops::attr::cached_method(thread, object, cache) {
                            Some(pair) => pair,
                            None => {
                                slow!(ops::attr::load_method(thread, object, code.name_at(aux.name()), cache))
                            }
                        };
                        regs.set(w.a(), function);
                        regs.set(w.a() + 1, receiver);
                    }
                    Op::LOAD_SUPER_ATTR => {
                        let aux = pc.fetch();
                        let name = code.name_at(aux.name());
                        let (value, receiver) =
                            slow!(ops::attr::load_super(thread, regs, w.b(), name, w.c()));
                        regs.set(w.a(), value);
                        regs.set(w.a() + 1, receiver);
                    }
                    Op::LOAD_ITEM => {
                        let (object, key) = (regs.get(w.b()), regs.get(w.c()));
                        let value = match ops::item::quick_load(thread, object, key) {
                            Some(value) => value,
                            None => slow!(ops::item::load(thread, object, key)),
                        };
                        regs.set(w.a(), value);
                    }
                    Op::STORE_ITEM => {
                        let (object, key, value) = (regs.get(w.a()), regs.get(w.b()), regs.get(w.c()));
                        if !ops::item::quick_store(thread, object, key, value) {
                            slow!(ops::item::store(thread, object, key, value));
                        }
                    }
                    Op::DELETE_ITEM => slow!(thread.delitem(regs.get(w.a()), regs.get(w.b()))),
                    Op::BUILD_SLICE => {
                        let value = ops::build::slice(thread, regs.slice(w.b(), 3));
                        regs.set(w.a(), value);
                    }

                    Op::NEGATE => {
                        let value = slow!(arith::negate(thread, regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::POSITIVE => {
                        let value = slow!(thread.unary(UnaryOp::Pos, regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::INVERT => {
                        let value = slow!(thread.unary(UnaryOp::Invert, regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::NOT => {
                        let value = regs.get(w.b());
                        let truth = match value.as_bool() {
                            Some(truth) => truth,
                            None => slow!(thread.truth(value)),
                        };
                        regs.set(w.a(), Value::bool(!truth));
                    }
                    Op::ADD => binary!(w, arith::add_small, arith::add_float, arith::add),
                    Op::SUB => binary!(w, arith::sub_small, arith::sub_float, arith::sub),
                    Op::MUL => binary!(w, arith::mul_small, arith::mul_float, arith::mul),
                    Op::MATMUL => operator!(w, arith::matmul),
                    Op::DIV => binary!(w, arith::div_small, arith::div_float, arith::div),
                    Op::MOD => binary!(w, arith::mod_small, arith::none, arith::modulo),
                    Op::POW => operator!(w, arith::pow),
                    Op::LSHIFT => binary!(w, arith::lshift_small, arith::none, arith::lshift),
                    Op::RSHIFT => binary!(w, arith::rshift_small, arith::none, arith::rshift),
                    Op::OR => binary!(w, arith::or_small, arith::none, arith::or),
                    Op::XOR => binary!(w, arith::xor_small, arith::none, arith::xor),
                    Op::AND => binary!(w, arith::and_small, arith::none, arith::and),
                    Op::FLOORDIV => binary!(w, arith::floordiv_small, arith::none, arith::floordiv),
                    Op::ADD_INPLACE => binary!(w, arith::add_small, arith::add_float, arith::add_inplace),
                    Op::SUB_INPLACE => binary!(w, arith::sub_small, arith::sub_float, arith::sub_inplace),
                    Op::MUL_INPLACE => binary!(w, arith::mul_small, arith::mul_float, arith::mul_inplace),
                    Op::MATMUL_INPLACE => operator!(w, arith::matmul_inplace),
                    Op::DIV_INPLACE => binary!(w, arith::div_small, arith::div_float, arith::div_inplace),
                    Op::MOD_INPLACE => binary!(w, arith::mod_small, arith::none, arith::mod_inplace),
                    Op::POW_INPLACE => operator!(w, arith::pow_inplace),
                    Op::LSHIFT_INPLACE => binary!(w, arith::lshift_small, arith::none, arith::lshift_inplace),
                    Op::RSHIFT_INPLACE => binary!(w, arith::rshift_small, arith::none, arith::rshift_inplace),
                    Op::OR_INPLACE => binary!(w, arith::or_small, arith::none, arith::or_inplace),
                    Op::XOR_INPLACE => binary!(w, arith::xor_small, arith::none, arith::xor_inplace),
                    Op::AND_INPLACE => binary!(w, arith::and_small, arith::none, arith::and_inplace),
                    Op::FLOORDIV_INPLACE => {
                        binary!(w, arith::floordiv_small, arith::none, arith::floordiv_inplace);
                    }
                    Op::ADD_INT => {
                        let a = regs.get(w.b());
                        let b = Value::small(w.c_small());
                        let value = match a.is_small().then(|| arith::add_small(a, b)).flatten() {
                            Some(value) => value,
                            None => slow!(arith::add(thread, a, b)),
                        };
                        regs.set(w.a(), value);
                    }
                    Op::SUB_INT => {
                        let a = regs.get(w.b());
                        let b = Value::small(w.c_small());
                        let value = match a.is_small().then(|| arith::sub_small(a, b)).flatten() {
                            Some(value) => value,
                            None => slow!(arith::sub(thread, a, b)),
                        };
                        regs.set(w.a(), value);
                    }
                    Op::ADD_INT_INPLACE => {
                        let a = regs.get(w.b());
                        let b = Value::small(w.c_small());
                        let value = match a.is_small().then(|| arith::add_small(a, b)).flatten() {
                            Some(value) => value,
                            None => slow!(arith::add_inplace(thread, a, b)),
                        };
                        regs.set(w.a(), value);
                    }
                    Op::SUB_INT_INPLACE => {
                        let a = regs.get(w.b());
                        let b = Value::small(w.c_small());
                        let value = match a.is_small().then(|| arith::sub_small(a, b)).flatten() {
                            Some(value) => value,
                            None => slow!(arith::sub_inplace(thread, a, b)),
                        };
                        regs.set(w.a(), value);
                    }
                    Op::EQ => compare!(w, CompareOp::Eq, ==),
                    Op::NE => compare!(w, CompareOp::Ne, !=),
                    Op::LT => compare!(w, CompareOp::Lt, <),
                    Op::LE => compare!(w, CompareOp::Le, <=),
                    Op::GT => compare!(w, CompareOp::Gt, >),
                    Op::GE => compare!(w, CompareOp::Ge, >=),
                    Op::IS => regs.set(w.a(), Value::bool(regs.get(w.b()) == regs.get(w.c()))),
                    Op::IS_NOT => regs.set(w.a(), Value::bool(regs.get(w.b()) != regs.get(w.c()))),
                    Op::IN => {
                        let found = slow!(ops::item::contains(thread, regs.get(w.c()), regs.get(w.b())));
                        regs.set(w.a(), Value::bool(found));
                    }
                    Op::NOT_IN => {
                        let found = slow!(ops::item::contains(thread, regs.get(w.c()), regs.get(w.b())));
                        regs.set(w.a(), Value::bool(!found));
                    }

                    Op::JUMP => pc.jump(w.jump()),
                    Op::LOOP => {
                        pc.jump(w.jump());
                        poll!();
                    }
                    Op::TEST => {
                        let value = regs.get(w.a());
                        let truth = match value.as_bool() {
                            Some(truth) => truth,
                            None => slow!(arith::truth(thread, value)),
                        };
                        branch!(truth == (w.c() != 0));
                    }
                    Op::TEST_NONE => branch!(regs.get(w.a()).is_none() == (w.c() != 0)),
                    Op::TEST_IS => branch!((regs.get(w.a()) == regs.get(w.b())) == (w.c() != 0)),
                    Op::TEST_IN => {
                        let found = slow!(ops::item::contains(thread, regs.get(w.b()), regs.get(w.a())));
                        branch!(found == (w.c() != 0));
                    }
                    Op::TEST_EQ => test!(w, CompareOp::Eq, ==),
                    Op::TEST_NE => test!(w, CompareOp::Ne, !=),
                    Op::TEST_LT => test!(w, CompareOp::Lt, <),
                    Op::TEST_LE => test!(w, CompareOp::Le, <=),
                    Op::TEST_GT => test!(w, CompareOp::Gt, >),
                    Op::TEST_GE => test!(w, CompareOp::Ge, >=),
                    Op::TEST_EQ_INT => test_int!(w, CompareOp::Eq, ==),
                    Op::TEST_NE_INT => test_int!(w, CompareOp::Ne, !=),
                    Op::TEST_LT_INT => test_int!(w, CompareOp::Lt, <),
                    Op::TEST_LE_INT => test_int!(w, CompareOp::Le, <=),
                    Op::TEST_GT_INT => test_int!(w, CompareOp::Gt, >),
                    Op::TEST_GE_INT => test_int!(w, CompareOp::Ge, >=),

                    Op::GET_ITER => {
                        let value = slow!(thread.iter(regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::FOR_ITER => {
                        let iterator = regs.get(w.b());
                        match ops::iter::quick_next(thread, iterator) {
                            ops::iter::Quick::Item(item) => {
                                regs.set(w.a(), item);
                                pc.skip();
                            }
                            ops::iter::Quick::End => branch!(true),
                            ops::iter::Quick::Generator => {
                                frame.pc.set(pc.0);
                                check!(generator::enter(thread, ts, iterator, Value::NONE, Policy::ForIter));
                                reload!();
                            }
                            ops::iter::Quick::Other => match slow!(thread.next(iterator)) {
                                Some(item) => {
                                    regs.set(w.a(), item);
                                    pc.skip();
                                }
                                None => branch!(true),
                            },
                        }
                    }
                    Op::UNPACK => slow!(ops::iter::unpack(thread, regs, w.a(), regs.get(w.b()), w.c())),
                    Op::UNPACK_EX => {
                        let counts = pc.fetch();
                        slow!(ops::iter::unpack_ex(thread, regs, w.a(), regs.get(w.b()), counts));
                    }

                    Op::BUILD_TUPLE => {
                        let value = thread.tuple(regs.slice(w.b(), w.c()));
                        regs.set(w.a(), value);
                    }
                    Op::BUILD_LIST => {
                        let value = slow!(ops::build::list(thread, regs.slice(w.b(), w.c())));
                        regs.set(w.a(), value);
                    }
                    Op::BUILD_SET => {
                        let value = slow!(ops::build::set(thread, regs.slice(w.b(), w.c())));
                        regs.set(w.a(), value);
                    }
                    Op::BUILD_MAP => {
                        let value = slow!(ops::build::map(thread, regs.slice(w.b(), w.c() * 2)));
                        regs.set(w.a(), value);
                    }
                    Op::BUILD_STRING => {
                        let value = slow!(ops::build::string(thread, regs.slice(w.b(), w.c())));
                        regs.set(w.a(), value);
                    }
                    Op::LIST_APPEND => {
                        slow!(ops::build::list_append(thread, regs.get(w.a()), regs.get(w.b())));
                    }
                    Op::LIST_EXTEND => {
                        slow!(ops::build::list_extend(thread, regs.get(w.a()), regs.get(w.b())));
                    }
                    Op::LIST_TO_TUPLE => {
                        let value = ops::build::list_to_tuple(thread, regs.get(w.b()));
                        regs.set(w.a(), value);
                    }
                    Op::SET_ADD => slow!(ops::build::set_add(thread, regs.get(w.a()), regs.get(w.b()))),
                    Op::SET_UPDATE => slow!(ops::build::set_update(thread, regs.get(w.a()), regs.get(w.b()))),
                    Op::MAP_ADD => {
                        slow!(ops::build::map_add(thread, regs.get(w.a()), regs.get(w.b()), regs.get(w.c())));
                    }
                    Op::DICT_UPDATE => {
                        slow!(ops::build::dict_update(thread, regs.get(w.a()), regs.get(w.b())));
                    }
                    Op::DICT_MERGE => {
                        slow!(ops::build::dict_merge(
                            thread,
                            regs.get(w.a()),
                            regs.get(w.b()),
                            regs.get(w.c())
                        ));
                    }
                    Op::FORMAT => {
                        let value = slow!(ops::format::format(thread, regs.get(w.b()), w.c(), None));
                        regs.set(w.a(), value);
                    }
                    Op::FORMAT_SPEC => {
                        let (value, spec) = (regs.get(w.b()), regs.get(w.b() + 1));
                        let value = slow!(ops::format::format(thread, value, w.c(), Some(spec)));
                        regs.set(w.a(), value);
                    }
                    Op::CONVERT => {
                        let value = slow!(ops::format::convert(thread, regs.get(w.b()), w.c()));
                        regs.set(w.a(), value);
                    }
                    Op::BUILD_INTERPOLATION => {
                        let value = slow!(ops::format::interpolation(thread, regs.slice(w.b(), 3), w.c()));
                        regs.set(w.a(), value);
                    }
                    Op::BUILD_TEMPLATE => {
                        let value = slow!(ops::format::template(thread, regs.slice(w.b(), 2)));
                        regs.set(w.a(), value);
                    }

                    Op::MAKE_FUNCTION => {
                        let value = slow!(ops::function::make(thread, code, regs, w.bx()));
                        regs.set(w.a(), value);
                    }
                    Op::SET_FUNCTION => {
                        check!(ops::function::set(thread, regs.get(w.a()), w.c(), regs.get(w.b())));
                    }
                    Op::LOAD_BUILD_CLASS => {
                        let value = slow!(ops::names::build_class(thread));
                        regs.set(w.a(), value);
                    }
                    Op::CALL => {
                        let _cache = pc.fetch();
                        let (a, count) = (w.a(), w.b());
                        frame.pc.set(pc.0);
                        let callee = regs.get(a);
                        if let Some(function) = ops::exactly::<FunctionObject>(callee, ids::FUNCTION) {
                            let target = call::code_of(function);
                            if target.simple
                                && target.positional_count == count
                                && call::has_room(thread, ts, target)
                            {
                                regs = call::push_in_place(thread, ts, target, regs.at(a + 1), count);
                                frame = ts.frames.innermost();
                                code = target;
                                pc = Pc(target.entry());
                                poll!();
                                continue;
                            }
                        }
                        begun!(check!(call::begin(thread, ts, regs.at(a), count, Value::NONE)), a);
                    }
                    Op::CALL_METHOD => {
                        let _cache = pc.fetch();
                        let (a, count) = (w.a(), w.b());
                        frame.pc.set(pc.0);
                        let callee = regs.get(a);
                        if let Some(function) = ops::exactly::<FunctionObject>(callee, ids::FUNCTION)
                            && !regs.get(a + 1).is_unbound()
                        {
                            let target = call::code_of(function);
                            if target.simple
                                && target.positional_count == count + 1
                                && call::has_room(thread, ts, target)
                            {
                                regs = call::push_in_place(thread, ts, target, regs.at(a + 1), count + 1);
                                frame = ts.frames.innermost();
                                code = target;
                                pc = Pc(target.entry());
                                poll!();
                                continue;
                            }
                        }
                        begun!(check!(call::begin_method(thread, ts, regs.at(a), count, Value::NONE)), a);
                    }
                    Op::CALL_KW => {
                        let aux = pc.fetch();
                        frame.pc.set(pc.0);
                        let names = code.constant(aux.name());
                        begun!(check!(call::begin(thread, ts, regs.at(w.a()), w.b(), names)), w.a());
                    }
                    Op::CALL_METHOD_KW => {
                        let aux = pc.fetch();
                        frame.pc.set(pc.0);
                        let names = code.constant(aux.name());
                        begun!(check!(call::begin_method(thread, ts, regs.at(w.a()), w.b(), names)), w.a());
                    }
                    Op::CALL_EX => {
                        frame.pc.set(pc.0);
                        begun!(check!(call::begin_ex(thread, ts, regs.at(w.a()), w.c() != 0)), w.a());
                    }
                    Op::RETURN => {
                        let value = regs.get(w.a());
                        if frame.plain {
                            call::pop_plain(thread, ts, regs, value);
                            reload!();
                        } else {
                            finish!(value);
                        }
                    }
                    Op::RETURN_NONE => {
                        if frame.plain {
                            call::pop_plain(thread, ts, regs, Value::NONE);
                            reload!();
                        } else {
                            finish!(Value::NONE);
                        }
                    }

                    Op::RETURN_GENERATOR => {
                        frame.pc.set(pc.0);
                        let value = generator::make(thread, frame);
                        finish!(value);
                    }
                    Op::YIELD => {
                        frame.pc.set(pc.0);
                        let value = generator::wrap_yield(thread, regs.get(w.b()), w.c());
                        next!(generator::suspend(thread, ts, value, Phase::Suspended));
                    }
                    Op::YIELD_FROM => {
                        frame.pc.set(pc.0);
                        match check!(generator::delegate(thread, ts, regs.get(w.b()), regs.get(w.a()))) {
                            generator::Delegated::Frame => reload!(),
                            generator::Delegated::Yielded(value) => {
                                // It runs again at the resume.
                                pc.jump(-1);
                                frame.pc.set(pc.0);
                                next!(generator::suspend(thread, ts, value, Phase::Delegating));
                            }
                            generator::Delegated::Returned(value) => regs.set(w.a(), value),
                        }
                    }
                    Op::GET_YIELD_FROM_ITER => {
                        let value = slow!(generator::yield_from_iter(thread, code, regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::GET_AWAITABLE => {
                        let value = slow!(generator::awaitable::get(thread, regs.get(w.b()), w.c()));
                        regs.set(w.a(), value);
                    }
                    Op::GET_AITER => {
                        let value = slow!(generator::awaitable::aiter(thread, regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::GET_ANEXT => {
                        let value = slow!(generator::awaitable::anext(thread, regs.get(w.b())));
                        regs.set(w.a(), value);
                    }
                    Op::END_ASYNC_FOR => {
                        if !ops::raise::is_stop_async(thread, regs.get(w.a())) {
                            thread.set_exception(regs.get(w.a()));
                            break 'inner Left::Reraise;
                        }
                    }

                    Op::RAISE => {
                        frame.pc.set(pc.0);
                        ops::raise::raise(thread, regs.get(w.a()), None);
                        break 'inner Left::Raise;
                    }
                    Op::RAISE_FROM => {
                        frame.pc.set(pc.0);
                        ops::raise::raise(thread, regs.get(w.a()), Some(regs.get(w.b())));
                        break 'inner Left::Raise;
                    }
                    Op::RAISE_AGAIN => match ops::raise::again(thread) {
                        true => break 'inner Left::Reraise,
                        false => break 'inner Left::Raise,
                    },
                    Op::RERAISE => {
                        thread.set_exception(regs.get(w.a()));
                        break 'inner Left::Reraise;
                    }
                    Op::PUSH_EXCEPTION => {
                        let exception = regs.get(w.b());
                        regs.set(w.a(), thread.handled.replace(exception));
                    }
                    Op::POP_EXCEPTION => thread.handled.set(regs.get(w.a())),
                    Op::TEST_EXCEPTION => {
                        let matches = slow!(ops::raise::matches(thread, regs.get(w.a()), regs.get(w.b())));
                        branch!(matches == (w.c() != 0));
                    }
                    Op::MATCH_GROUP => {
                        let (part, rest) = slow!(ops::group::split(thread, regs.get(w.b()), regs.get(w.c())));
                        regs.set(w.a(), part);
                        regs.set(w.a() + 1, rest);
                    }
                    Op::FINISH_GROUP => {
                        let value = slow!(ops::group::finish(thread, regs.get(w.b()), regs.get(w.c())));
                        regs.set(w.a(), value);
                    }
                    Op::LOAD_SPECIAL => {
                        let (function, receiver) =
                            slow!(ops::attr::load_special(thread, regs.get(w.b()), w.c()));
                        regs.set(w.a(), function);
                        regs.set(w.a() + 1, receiver);
                    }
                    Op::WITH_EXCEPTION => {
                        let pair = (regs.get(w.b()), regs.get(w.b() + 1));
                        let value = slow!(ops::raise::with_exception(thread, pair, regs.get(w.c())));
                        regs.set(w.a(), value);
                    }

                    Op::IMPORT_NAME => {
                        let aux = pc.fetch();
                        let (level, list) = (regs.get(w.b()), regs.get(w.b() + 1));
                        let name = code.name_at(aux.name());
                        let value = slow!(crate::import::import_name(thread, regs, name, list, level));
                        regs.set(w.a(), value);
                    }
                    Op::IMPORT_FROM => {
                        let aux = pc.fetch();
                        let name = code.name_at(aux.name());
                        let value = slow!(crate::import::import_from(thread, regs.get(w.b()), name));
                        regs.set(w.a(), value);
                    }
                    Op::IMPORT_STAR => slow!(crate::import::import_star(thread, regs, regs.get(w.a()))),

                    Op::IS_SEQUENCE => {
                        regs.set(w.a(), Value::bool(ops::pattern::is_sequence(thread, regs.get(w.b()))));
                    }
                    Op::IS_MAPPING => {
                        regs.set(w.a(), Value::bool(ops::pattern::is_mapping(thread, regs.get(w.b()))));
                    }
                    Op::GET_LEN => {
                        let len = slow!(thread.len(regs.get(w.b())));
                        regs.set(w.a(), Value::small(len as i64));
                    }
                    Op::MATCH_KEYS => {
                        let value = slow!(ops::pattern::keys(thread, regs.get(w.b()), regs.get(w.c())));
                        regs.set(w.a(), value);
                    }
                    Op::MATCH_REST => {
                        let value = slow!(ops::pattern::rest(thread, regs.get(w.b()), regs.get(w.c())));
                        regs.set(w.a(), value);
                    }
                    Op::MATCH_CLASS => {
                        let value = slow!(ops::pattern::class(thread, regs.slice(w.b(), 3), w.c()));
                        regs.set(w.a(), value);
                    }
                    Op::INTRINSIC => {
                        let value = slow!(ops::intrinsic::run(thread, regs, regs.slice(w.b(), 2), w.c()));
                        regs.set(w.a(), value);
                    }
                }
            }
        };
        let fresh = match left {
            Left::Done(value) => return Ok(value),
            Left::Raise => true,
            Left::Reraise => false,
        };
        match unwind::unwind(thread, ts, pc, fresh) {
            Unwound::Handler => reload!(),
            Unwound::Exit(raised) => return Err(raised),
        }
    }
}
