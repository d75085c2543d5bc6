//! Module `_random`: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded as CPython does, so that equal
//! seeds give equal numbers.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::bytearray::ByteArrayObject;
use dx_object::types::int::from_limbs;
use dx_object::value::Value;

use crate::library::ModuleSpec;
use crate::record::{self, LAYOUT};

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    types: &[&RANDOM],
    ..ModuleSpec::new("_random", "Module implements the Mersenne Twister random number generator.")
};

const WORDS: usize = 624;
const SHIFT: usize = 397;

/// `first` is a bytearray of the words, `second` the index of the next one.
static RANDOM: TypeSpec = TypeSpec {
    module: "_random",
    layout: LAYOUT,
    flags: flags::BASE,
    doc: Some("Random() -> create a random number generator with its own internal state."),
    slots: Slots { new: Some(new), init: Some(init), ..Slots::EMPTY },
    methods: &[
        MethodDef::new("random", Arity::None, |thread, args| {
            with_state(thread, args.positional()[0], |state| {
                let (high, low) = (state.next() >> 5, state.next() >> 6);
                (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
            })
            .map(|x| thread.float(x))
        }),
        MethodDef::new("seed", Arity::Positional(0, 1), |thread, args| {
            seed(thread, args.positional()[0], args.get(1)).map(|()| Value::NONE)
        }),
        MethodDef::new("getrandbits", Arity::One, getrandbits),
        MethodDef::new("getstate", Arity::None, getstate),
        MethodDef::new("setstate", Arity::One, setstate),
    ],
    ..TypeSpec::new("Random")
};

struct State {
    words: [u32; WORDS],
    index: usize,
}

impl State {
    fn from_number(seed: u32) -> State {
        let mut words = [0; WORDS];
        words[0] = seed;
        for i in 1..WORDS {
            let before = words[i - 1];
            words[i] = 1_812_433_253u32.wrapping_mul(before ^ before >> 30).wrapping_add(i as u32);
        }
        State { words, index: WORDS }
    }

    fn from_key(key: &[u32]) -> State {
        let mut state = State::from_number(19_650_218);
        let words = &mut state.words;
        let (mut i, mut j) = (1, 0);
        let wrap = |words: &mut [u32; WORDS], i: &mut usize| {
            if *i >= WORDS {
                words[0] = words[WORDS - 1];
                *i = 1;
            }
        };
        for _ in 0..WORDS.max(key.len()) {
            let before = words[i - 1];
            words[i] = (words[i] ^ (before ^ before >> 30).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            wrap(words, &mut i);
        }
        for _ in 1..WORDS {
            let before = words[i - 1];
            words[i] =
                (words[i] ^ (before ^ before >> 30).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            wrap(words, &mut i);
        }
        words[0] = 0x8000_0000;
        state
    }

    fn next(&mut self) -> u32 {
        if self.index >= WORDS {
            for i in 0..WORDS {
                let mixed = self.words[i] & 0x8000_0000 | self.words[(i + 1) % WORDS] & 0x7fff_ffff;
                let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
                self.words[i] = self.words[(i + SHIFT) % WORDS] ^ mixed >> 1 ^ odd;
            }
            self.index = 0;
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }
}

fn buffer(value: Value) -> Option<dx_object::gc::Gc<ByteArrayObject>> {
    record::of(value)?.first.get().downcast()
}

fn load(thread: &Thread, value: Value) -> PyResult<State> {
    let mut state = State { words: [0; WORDS], index: WORDS };
    let Some(buffer) = buffer(value) else { return Err(thread.type_error("expected a Random")) };
    for (word, bytes) in state.words.iter_mut().zip(buffer.bytes().chunks_exact(4)) {
        *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    let index = record::of(value).and_then(|this| this.second.get().as_small()).unwrap_or(0);
    state.index = (index.max(0) as usize).min(WORDS);
    Ok(state)
}

fn store(value: Value, state: &State, words: bool) {
    if words && let Some(buffer) = buffer(value) {
        let bytes: Vec<u8> = state.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        buffer.write(0, &bytes);
    }
    if let Some(this) = record::of(value) {
        this.second.set(Value::small(state.index as i64));
    }
}

fn with_state<R>(thread: &Thread, value: Value, action: impl FnOnce(&mut State) -> R) -> PyResult<R> {
    let mut state = load(thread, value)?;
    let before = state.index;
    let result = action(&mut state);
    // The words change only when a new round was made.
    store(value, &state, state.index <= before);
    Ok(result)
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let words = thread.bytearray(&[0; 4 * WORDS])?;
    let made = record::make(thread, class, [words, Value::ZERO, Value::NONE, Value::NONE])?;
    seed(thread, made, args.get(0))?;
    Ok(made)
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    seed(thread, value, args.get(0))
}

fn seed(thread: &Thread, value: Value, given: Option<Value>) -> PyResult<()> {
    let mut key = Vec::new();
    match given.filter(|given| !given.is_none()) {
        None => {
            let mut bytes = [0u8; 16];
            // Without randomness from the system the clock has to do, as in CPython.
            // SAFETY: writes the array's bytes.
            if unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) } < 16 {
                let now =
                    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                bytes = now.as_nanos().to_le_bytes();
            }
            key.extend(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        }
        Some(given) => {
            let number = match given.as_int() {
                Some(number) => number.to_big(),
                None => dashu_int::IBig::from(thread.hash(given)? as u64),
            };
            for bytes in number.into_parts().1.to_le_bytes().chunks(4) {
                let mut word = [0; 4];
                word[..bytes.len()].copy_from_slice(bytes);
                key.push(u32::from_le_bytes(word));
            }
        }
    }
    if key.is_empty() {
        key.push(0);
    }
    store(value, &State::from_key(&key), true);
    Ok(())
}

fn getrandbits(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let count = thread.index_isize(args.positional()[1], ids::OVERFLOW_ERROR)?;
    let Ok(count) = usize::try_from(count) else {
        return Err(thread.value_error("Cannot convert negative int"));
    };
    if count > 1 << 36 {
        return Err(thread.raise_args(ids::MEMORY_ERROR, &[]));
    }
    let limbs = with_state(thread, args.positional()[0], |state| {
        let mut limbs = vec![0u64; count.div_ceil(64)];
        for index in 0..count.div_ceil(32) {
            let left = count - 32 * index;
            let word = state.next();
            let word = if left < 32 { word >> (32 - left) } else { word };
            limbs[index / 2] |= u64::from(word) << (32 * (index % 2));
        }
        limbs
    })?;
    from_limbs(thread, &limbs, false)
}

fn getstate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = load(thread, args.positional()[0])?;
    let mut items = RootVec::new(thread);
    state.words.iter().for_each(|&word| items.push(Value::small(i64::from(word))));
    items.push(Value::small(state.index as i64));
    thread.try_tuple(&items)
}

fn setstate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let given = args.positional()[1];
    let Some(items) = given.tuple_items() else {
        return Err(thread.type_error("state vector must be a tuple"));
    };
    if items.len() != WORDS + 1 {
        return Err(thread.value_error("state vector is the wrong size"));
    }
    let mut state = State { words: [0; WORDS], index: WORDS };
    for (word, item) in state.words.iter_mut().zip(items) {
        match item.as_small().map(u32::try_from) {
            Some(Ok(value)) => *word = value,
            _ => return Err(thread.overflow_error("Python int too large to convert to C unsigned long")),
        }
    }
    match items[WORDS].as_small().map(usize::try_from) {
        Some(Ok(index)) if index <= WORDS => state.index = index,
        _ => return Err(thread.value_error("invalid state")),
    }
    store(args.positional()[0], &state, true);
    Ok(Value::NONE)
}
