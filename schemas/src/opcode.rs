//! The DPB instruction set: one table from which encoder, decoder, verifier, disassembler and docs derive.
//!
//! An instruction is a 32-bit little-endian word `op | A << 8 | B << 16 | C << 24`; in format `ABx` the last two bytes
//! are one number, in format `J` the last three are a signed one. `R[x]` is register x of the frame's window.
//! Some opcodes own the word after them:
//!
//! - **aux** (`Tail::Site`): `name or constant index | inline cache index << 16`; cache index 0xffff means none;
//! - **aux** (`Tail::Counts`): two plain 16-bit numbers;
//! - **branch** (`Tail::Branch`): the next instruction is a `JUMP` or `LOOP` (never WIDE); it runs when the condition
//!   holds and is skipped otherwise.
//!
//! `WIDE a b c` before an instruction supplies the high bytes: `A |= a << 8`, `B |= b << 8`, `C |= c << 8`; in format
//! ABx `Bx |= (b | c << 8) << 16`; for an aux name or constant `index |= c << 16` when C is not otherwise wide (opcodes with a
//! Site tail never use a C above 255). Jumps count words from the end of their own word.
//!
//! **Calls.** Arguments are built where the callee's window begins: `R[A]` is the callee, the arguments follow it. No
//! register above the last argument may be live at a call (the verifier's rule), so nothing is copied.
//!
//! **Operand order is evaluation order** only as far as the code generator makes it so: an instruction reads its registers
//! when it runs (`x + (x := 1)` needs a copy of `x`).

/// How an instruction word is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    ABC,
    ABx,
    J,
}

/// What an operand is; the verifier's and the disassembler's reading of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Must be zero.
    Unused,
    /// Register that is read.
    Read,
    /// Register that is written.
    Write,
    /// Register that is read and written.
    Update,
    /// Register of kind cell, read or written as a cell (its contents, or the cell itself).
    Cell,
    /// First of two registers that are read.
    ReadPair,
    /// First of three registers that are read.
    ReadTriple,
    /// First of two registers that are written.
    WritePair,
    /// First of a run of registers, with its length in C, that are read.
    ReadRun,
    /// The same with pairs (C counts pairs).
    ReadPairsRun,
    /// First of a run of C registers that are written.
    WriteRun,
    /// First of `before + 1 + after` written registers (Counts tail).
    WriteCounts,
    /// First register of a call: callee, then B arguments. Read, and the callee's register receives the result.
    CallWindow,
    /// As CallWindow with a method pair: function, receiver or Unbound, then B arguments.
    MethodWindow,
    /// As CallWindow with exactly callee, positional arguments, keyword arguments.
    ExWindow,
    /// Plain unsigned number.
    Count,
    /// Signed 8-bit number.
    SmallInt,
    /// Signed 16-bit number (Bx).
    Int,
    /// Index of a constant (Bx).
    Const,
    /// Index of a name (Bx).
    Name,
    /// Index of a child (Bx).
    Child,
    /// 0 or 1: the truth value for which the branch is taken.
    Expect,
    /// A code from a small table of its own.
    Code,
}

impl Operand {
    /// How many value registers from the operand on are read; `b` and `c` are the instruction's other operands.
    #[inline]
    pub fn read_count(self, op: Op, b: u32, c: u32) -> u32 {
        match self {
            Operand::Read | Operand::Update => 1,
            Operand::ReadPair if op == Op::INTRINSIC => {
                Intrinsic::from_code(c).map_or(2, Intrinsic::operand_count)
            }
            Operand::ReadPair => 2,
            Operand::ReadTriple => 3,
            Operand::ReadRun => c,
            Operand::ReadPairsRun => c.saturating_mul(2),
            Operand::CallWindow => 1 + b,
            Operand::MethodWindow => 2 + b,
            Operand::ExWindow => 2 + c.min(1),
            _ => 0,
        }
    }

    /// How many value registers from the operand on are written; `counts` is the Counts tail.
    #[inline]
    pub fn write_count(self, c: u32, counts: (u32, u32)) -> u32 {
        match self {
            Operand::Write
            | Operand::Update
            | Operand::CallWindow
            | Operand::MethodWindow
            | Operand::ExWindow => 1,
            Operand::WritePair => 2,
            Operand::WriteRun => c,
            Operand::WriteCounts => counts.0 + 1 + counts.1,
            _ => 0,
        }
    }

    /// Whether it names a register, of values or a cell.
    pub fn is_register(self) -> bool {
        !matches!(
            self,
            Operand::Unused
                | Operand::Count
                | Operand::SmallInt
                | Operand::Int
                | Operand::Const
                | Operand::Name
                | Operand::Child
                | Operand::Expect
                | Operand::Code
        )
    }
}

/// What the word after the instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    None,
    /// Name index and cache index.
    Site,
    /// Constant index and cache index.
    ConstSite,
    /// Unused low half and cache index.
    Cache,
    Counts,
    Branch,
}

/// Calls `$then!` with the whole table. Each row: name, format, operands A B C, tail, effects (`pure`: cannot raise,
/// allocate or run Python; `effect`: may do any of it; `end`: never falls through), meaning.
#[macro_export]
macro_rules! for_each_opcode {
    ($then:ident) => {
        $then! {
            // Registers and constants.
            NOP ABC [Unused Unused Unused] None pure "nothing";
            WIDE ABC [Count Count Count] None pure "high bytes of the next instruction's operands";
            MOVE ABC [Write Read Unused] None pure "R[A] = R[B]";
            LOAD_CONST ABx [Write Const Unused] None pure "R[A] = constant Bx";
            LOAD_INT ABx [Write Int Unused] None pure "R[A] = Bx as a signed 16-bit int";
            LOAD_IMMEDIATE ABx [Write Code Unused] None pure "R[A] = immediate Bx (opcode::Immediate)";
            LOAD_COMMON ABx [Write Code Unused] None effect "R[A] = builtin Bx whatever the program rebinds (opcode::Common)";
            CHECK_LOCAL ABC [Read Unused Unused] None effect "UnboundLocalError naming register A if R[A] is unbound";
            CLEAR ABC [Write Unused Unused] None pure "R[A] = unbound (`del x` after CHECK_LOCAL)";
            KILL ABC [Update Unused Unused] None effect "R[A] dies here: finalise promptly what never escaped, then unbound";

            // Cells.
            NEW_CELL ABC [Cell Unused Unused] None effect "R[A] = a new empty cell";
            MAKE_CELL ABC [Cell Read Unused] None effect "R[A] = a new cell holding R[B] (a captured parameter); empty if R[B] is unbound";
            COPY_FREE ABC [Cell Count Unused] None pure "R[A..A+B] = the running function's closure cells, in order";
            LOAD_CELL ABC [Write Cell Unused] None effect "R[A] = contents of cell R[B]; NameError naming register B if empty";
            STORE_CELL ABC [Cell Read Unused] None pure "contents of cell R[A] = R[B]";
            DELETE_CELL ABC [Cell Unused Unused] None effect "empty cell R[A]; NameError if it is empty already";
            LOAD_CLOSURE ABC [Write Cell Unused] None pure "R[A] = the cell object R[B] itself, as a value (`__classcell__`)";

            // Names.
            LOAD_GLOBAL ABC [Write Unused Unused] Site effect "R[A] = global, or builtin, of that name";
            STORE_GLOBAL ABx [Read Name Unused] None effect "global of that name = R[A]";
            DELETE_GLOBAL ABx [Unused Name Unused] None effect "del global";
            LOAD_NAME ABC [Write Unused Unused] Site effect "R[A] = name in the frame's namespace, then globals, then builtins";
            STORE_NAME ABx [Read Name Unused] None effect "namespace[name] = R[A]";
            DELETE_NAME ABx [Unused Name Unused] None effect "del namespace[name]";
            LOAD_LOCALS ABC [Write Unused Unused] None effect "R[A] = the frame's namespace mapping (class and module bodies)";
            LOAD_DICT_OR_CELL ABC [Write Read Cell] Site effect "R[A] = R[B][name], or the contents of cell R[C]";
            LOAD_DICT_OR_GLOBAL ABC [Write Read Unused] Site effect "R[A] = R[B][name], or the global or builtin";

            // Attributes and items.
            LOAD_ATTR ABC [Write Read Unused] Site effect "R[A] = R[B].name";
            STORE_ATTR ABC [Read Read Unused] Site effect "R[A].name = R[B]";
            DELETE_ATTR ABC [Read Unused Unused] Site effect "del R[A].name";
            LOAD_METHOD ABC [WritePair Read Unused] Site effect "R[A], R[A+1] = function and receiver of R[B].name, or attribute and unbound";
            LOAD_SUPER_ATTR ABC [WritePair ReadTriple Code] Site effect "R[A] = R[B](R[B+1], R[B+2]).name; C bit 0: as LOAD_METHOD (else only R[A] is written, R[A+1] unbound), bit 1: super had arguments";
            LOAD_ITEM ABC [Write Read Read] None effect "R[A] = R[B][R[C]]";
            STORE_ITEM ABC [Read Read Read] None effect "R[A][R[B]] = R[C]";
            DELETE_ITEM ABC [Read Read Unused] None effect "del R[A][R[B]]";
            BUILD_SLICE ABC [Write ReadTriple Unused] None effect "R[A] = slice(R[B], R[B+1], R[B+2])";

            // Operators.
            NEGATE ABC [Write Read Unused] None effect "R[A] = -R[B]";
            POSITIVE ABC [Write Read Unused] None effect "R[A] = +R[B]";
            INVERT ABC [Write Read Unused] None effect "R[A] = ~R[B]";
            NOT ABC [Write Read Unused] None effect "R[A] = not R[B]";
            ADD ABC [Write Read Read] None effect "R[A] = R[B] + R[C]";
            SUB ABC [Write Read Read] None effect "R[A] = R[B] - R[C]";
            MUL ABC [Write Read Read] None effect "R[A] = R[B] * R[C]";
            MATMUL ABC [Write Read Read] None effect "R[A] = R[B] @ R[C]";
            DIV ABC [Write Read Read] None effect "R[A] = R[B] / R[C]";
            MOD ABC [Write Read Read] None effect "R[A] = R[B] % R[C]";
            POW ABC [Write Read Read] None effect "R[A] = R[B] ** R[C]";
            LSHIFT ABC [Write Read Read] None effect "R[A] = R[B] << R[C]";
            RSHIFT ABC [Write Read Read] None effect "R[A] = R[B] >> R[C]";
            OR ABC [Write Read Read] None effect "R[A] = R[B] | R[C]";
            XOR ABC [Write Read Read] None effect "R[A] = R[B] ^ R[C]";
            AND ABC [Write Read Read] None effect "R[A] = R[B] & R[C]";
            FLOORDIV ABC [Write Read Read] None effect "R[A] = R[B] // R[C]";
            ADD_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] += R[C]";
            SUB_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] -= R[C]";
            MUL_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] *= R[C]";
            MATMUL_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] @= R[C]";
            DIV_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] /= R[C]";
            MOD_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] %= R[C]";
            POW_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] **= R[C]";
            LSHIFT_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] <<= R[C]";
            RSHIFT_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] >>= R[C]";
            OR_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] |= R[C]";
            XOR_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] ^= R[C]";
            AND_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] &= R[C]";
            FLOORDIV_INPLACE ABC [Write Read Read] None effect "R[A] = R[B] //= R[C]";
            ADD_INT ABC [Write Read SmallInt] None effect "R[A] = R[B] + C";
            SUB_INT ABC [Write Read SmallInt] None effect "R[A] = R[B] - C";
            ADD_INT_INPLACE ABC [Write Read SmallInt] None effect "R[A] = R[B] += C";
            SUB_INT_INPLACE ABC [Write Read SmallInt] None effect "R[A] = R[B] -= C";
            EQ ABC [Write Read Read] None effect "R[A] = R[B] == R[C]";
            NE ABC [Write Read Read] None effect "R[A] = R[B] != R[C]";
            LT ABC [Write Read Read] None effect "R[A] = R[B] < R[C]";
            LE ABC [Write Read Read] None effect "R[A] = R[B] <= R[C]";
            GT ABC [Write Read Read] None effect "R[A] = R[B] > R[C]";
            GE ABC [Write Read Read] None effect "R[A] = R[B] >= R[C]";
            IS ABC [Write Read Read] None pure "R[A] = R[B] is R[C]";
            IS_NOT ABC [Write Read Read] None pure "R[A] = R[B] is not R[C]";
            IN ABC [Write Read Read] None effect "R[A] = R[B] in R[C]";
            NOT_IN ABC [Write Read Read] None effect "R[A] = R[B] not in R[C]";

            // Branches.
            JUMP J [Unused Unused Unused] None end "pc += J";
            LOOP J [Unused Unused Unused] None end "pc += J (backwards), after the poll";
            TEST ABC [Read Unused Expect] Branch effect "take the branch if bool(R[A]) is C";
            TEST_NONE ABC [Read Unused Expect] Branch pure "take the branch if (R[A] is None) is C";
            TEST_IS ABC [Read Read Expect] Branch pure "take the branch if (R[A] is R[B]) is C";
            TEST_IN ABC [Read Read Expect] Branch effect "take the branch if (R[A] in R[B]) is C";
            TEST_EQ ABC [Read Read Expect] Branch effect "take the branch if bool(R[A] == R[B]) is C";
            TEST_NE ABC [Read Read Expect] Branch effect "take the branch if bool(R[A] != R[B]) is C";
            TEST_LT ABC [Read Read Expect] Branch effect "take the branch if bool(R[A] < R[B]) is C";
            TEST_LE ABC [Read Read Expect] Branch effect "take the branch if bool(R[A] <= R[B]) is C";
            TEST_GT ABC [Read Read Expect] Branch effect "take the branch if bool(R[A] > R[B]) is C";
            TEST_GE ABC [Read Read Expect] Branch effect "take the branch if bool(R[A] >= R[B]) is C";
            TEST_EQ_INT ABC [Read SmallInt Expect] Branch effect "take the branch if bool(R[A] == B) is C";
            TEST_NE_INT ABC [Read SmallInt Expect] Branch effect "take the branch if bool(R[A] != B) is C";
            TEST_LT_INT ABC [Read SmallInt Expect] Branch effect "take the branch if bool(R[A] < B) is C";
            TEST_LE_INT ABC [Read SmallInt Expect] Branch effect "take the branch if bool(R[A] <= B) is C";
            TEST_GT_INT ABC [Read SmallInt Expect] Branch effect "take the branch if bool(R[A] > B) is C";
            TEST_GE_INT ABC [Read SmallInt Expect] Branch effect "take the branch if bool(R[A] >= B) is C";

            // Iteration and unpacking.
            GET_ITER ABC [Write Read Unused] None effect "R[A] = iter(R[B])";
            FOR_ITER ABC [Write Read Unused] Branch effect "R[A] = next(R[B]); when exhausted take the branch (R[A] unchanged)";
            UNPACK ABC [WriteRun Read Count] None effect "R[A..A+C] = exactly C items of R[B]";
            UNPACK_EX ABC [WriteCounts Read Unused] Counts effect "R[A..] = `before` items of R[B], a list of the middle, `after` items";

            // Displays and strings.
            BUILD_TUPLE ABC [Write ReadRun Count] None effect "R[A] = tuple of R[B..B+C]";
            BUILD_LIST ABC [Write ReadRun Count] None effect "R[A] = list of R[B..B+C]";
            BUILD_SET ABC [Write ReadRun Count] None effect "R[A] = set of R[B..B+C], added in order";
            BUILD_MAP ABC [Write ReadPairsRun Count] None effect "R[A] = dict of C key, value pairs from R[B]";
            BUILD_STRING ABC [Write ReadRun Count] None effect "R[A] = the strings R[B..B+C] joined";
            LIST_APPEND ABC [Read Read Unused] None effect "append R[B] to the list R[A]";
            LIST_EXTEND ABC [Read Read Unused] None effect "extend the list R[A] by iterable R[B] (`*` in displays and calls)";
            LIST_TO_TUPLE ABC [Write Read Unused] None effect "R[A] = tuple of the list R[B]";
            SET_ADD ABC [Read Read Unused] None effect "add R[B] to the set R[A]";
            SET_UPDATE ABC [Read Read Unused] None effect "add the items of R[B] to the set R[A]";
            MAP_ADD ABC [Read Read Read] None effect "the dict R[A][R[B]] = R[C]";
            DICT_UPDATE ABC [Read Read Unused] None effect "update the dict R[A] by mapping R[B] (`**` in a display)";
            DICT_MERGE ABC [Read Read Read] None effect "as DICT_UPDATE for keyword arguments of callee R[C]: TypeError for a repeated key";
            FORMAT ABC [Write Read Code] None effect "R[A] = format(R[B] converted by C (0, s, r, a), '')";
            FORMAT_SPEC ABC [Write ReadPair Code] None effect "R[A] = format(R[B] converted by C, R[B+1])";
            CONVERT ABC [Write Read Code] None effect "R[A] = str, repr or ascii of R[B] by C";
            BUILD_INTERPOLATION ABC [Write ReadTriple Code] None effect "R[A] = Interpolation(value R[B], text R[B+1], conversion C, spec R[B+2])";
            BUILD_TEMPLATE ABC [Write ReadPair Unused] None effect "R[A] = Template(strings tuple R[B], interpolations tuple R[B+1])";

            // Functions and calls.
            MAKE_FUNCTION ABx [Write Child Unused] None effect "R[A] = function of child Bx, its closure made of the child's captures";
            SET_FUNCTION ABC [Read Read Code] None effect "function R[A]'s attribute C (opcode::FunctionPart) = R[B]";
            LOAD_BUILD_CLASS ABC [Write Unused Unused] None effect "R[A] = builtins.__build_class__";
            CALL ABC [CallWindow Count Unused] Cache effect "R[A] = R[A](B arguments from R[A+1])";
            CALL_METHOD ABC [MethodWindow Count Unused] Cache effect "R[A] = method pair R[A], R[A+1] called with B arguments from R[A+2]";
            CALL_KW ABC [CallWindow Count Unused] ConstSite effect "as CALL; the last arguments are keywords named by the tuple constant";
            CALL_METHOD_KW ABC [MethodWindow Count Unused] ConstSite effect "as CALL_METHOD with keywords";
            CALL_EX ABC [ExWindow Unused Code] None effect "R[A] = R[A](*R[A+1], **R[A+2]), R[A+1] any iterable; C = 0: no keyword dict (R[A+2] is not read)";
            RETURN ABC [Read Unused Unused] None end "return R[A]";
            RETURN_NONE ABC [Unused Unused Unused] None end "return None";

            // Generators and coroutines.
            RETURN_GENERATOR ABC [Unused Unused Unused] None effect "end of a generator's prologue: return the generator object; resuming goes on behind";
            YIELD ABC [Write Read Code] None effect "yield R[B]; R[A] = what is sent; C = 1: as an async generator's value";
            YIELD_FROM ABC [Update Read Unused] None effect "PEP 380: send R[A] into iterator R[B], suspending with each value it yields; at its end R[A] = its result";
            GET_YIELD_FROM_ITER ABC [Write Read Unused] None effect "R[A] = R[B] if it is a generator (or coroutine where allowed), else iter(R[B])";
            GET_AWAITABLE ABC [Write Read Code] None effect "R[A] = the iterator that `await R[B]` runs; C: 0 await, 1 __aenter__, 2 __aexit__ (for the message)";
            GET_AITER ABC [Write Read Unused] None effect "R[A] = R[B].__aiter__(), checked";
            GET_ANEXT ABC [Write Read Unused] None effect "R[A] = awaitable of R[B].__anext__()";
            END_ASYNC_FOR ABC [Read Unused Unused] None effect "go on if exception R[A] is StopAsyncIteration, else raise it again";

            // Exceptions. The handler's table entry names the register that receives the exception.
            RAISE ABC [Read Unused Unused] None end "raise R[A] (class or instance)";
            RAISE_FROM ABC [Read Read Unused] None end "raise R[A] from R[B]";
            RAISE_AGAIN ABC [Unused Unused Unused] None end "bare `raise`: the exception being handled";
            RERAISE ABC [Read Unused Unused] None end "raise exception R[A] again, unchanged (end of finally, no match)";
            PUSH_EXCEPTION ABC [Write Read Unused] None pure "R[A] = the exception handled so far; R[B] is the handled one now";
            POP_EXCEPTION ABC [Read Unused Unused] None pure "R[A] is the handled exception again";
            TEST_EXCEPTION ABC [Read Read Expect] Branch effect "take the branch if (exception R[A] matches R[B]) is C; TypeError if R[B] is no exception class";
            MATCH_GROUP ABC [WritePair Read Read] None effect "`except*`: R[A], R[A+1] = part of R[B] that matches R[C] (or None), rest (or None); a naked exception is wrapped; the handled exception is set by PUSH_EXCEPTION";
            FINISH_GROUP ABC [Write Read Read] None effect "end of `except*`: R[A] = what to raise when R[B] was caught and list R[C] holds what the clauses raised and, last, the unmatched rest or None; None if nothing";
            LOAD_SPECIAL ABC [WritePair Read Code] None effect "R[A], R[A+1] = method pair of R[B]'s type: C 0 __enter__, 1 __exit__, 2 __aenter__, 3 __aexit__";
            WITH_EXCEPTION ABC [Write ReadPair Read] None effect "R[A] = exit pair R[B], R[B+1] called with type, value, traceback of R[C]";

            // Imports.
            IMPORT_NAME ABC [Write ReadPair Unused] Site effect "R[A] = __import__(name, globals, None, fromlist R[B+1], level R[B])";
            IMPORT_FROM ABC [Write Read Unused] Site effect "R[A] = attribute or submodule `name` of module R[B]";
            IMPORT_STAR ABC [Read Unused Unused] None effect "bind the public names of module R[A]";

            // Pattern matching.
            IS_SEQUENCE ABC [Write Read Unused] None pure "R[A] = R[B] is a sequence for `match`";
            IS_MAPPING ABC [Write Read Unused] None pure "R[A] = R[B] is a mapping for `match`";
            GET_LEN ABC [Write Read Unused] None effect "R[A] = len(R[B])";
            MATCH_KEYS ABC [Write Read Read] None effect "R[A] = tuple of R[B]'s values under the keys R[C], or None if one is missing";
            MATCH_REST ABC [Write Read Read] None effect "R[A] = dict of mapping R[B] without the keys R[C]";
            MATCH_CLASS ABC [Write ReadTriple Count] None effect "R[A] = attributes of R[B] as instance of R[B+1]: C positional ones, then names R[B+2]; None if it does not match";

            // The rest.
            INTRINSIC ABC [Write ReadPair Code] None effect "R[A] = intrinsic C (opcode::Intrinsic) of R[B], R[B+1]";
        }
    };
}

macro_rules! define {
    ($($name:ident $format:ident [$a:ident $b:ident $c:ident] $tail:ident $effect:ident $meaning:literal;)*) => {
        /// An opcode of DPB; meanings stand in the table [`for_each_opcode!`] and in [`Op::meaning`].
        #[expect(non_camel_case_types, reason = "opcodes are written as CPython's `dis` writes its own")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op { $($name),* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$name),*];

            pub fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name)),* }
            }

            #[inline]
            pub fn format(self) -> Format {
                const TABLE: [Format; Op::ALL.len()] = [$(Format::$format),*];
                TABLE[self as usize]
            }

            /// Roles of A, B (or Bx) and C.
            #[inline]
            pub fn operands(self) -> [Operand; 3] {
                const TABLE: [[Operand; 3]; Op::ALL.len()] = [$([Operand::$a, Operand::$b, Operand::$c]),*];
                TABLE[self as usize]
            }

            #[inline]
            pub fn tail(self) -> Tail {
                const TABLE: [Tail; Op::ALL.len()] = [$(Tail::$tail),*];
                TABLE[self as usize]
            }

            #[inline]
            pub fn effect(self) -> Effect {
                const TABLE: [Effect; Op::ALL.len()] = [$(Effect::$effect),*];
                TABLE[self as usize]
            }

            pub fn meaning(self) -> &'static str {
                match self { $(Op::$name => $meaning),* }
            }
        }
    };
}

/// What running an instruction can do besides writing its registers.
#[expect(non_camel_case_types, reason = "written in lower case in the opcode table")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Cannot raise, allocate or run Python code.
    pure,
    /// May raise, allocate, run Python code or collect.
    effect,
    /// As `effect`, and never falls through.
    end,
}

for_each_opcode!(define);

impl Op {
    #[inline]
    pub fn from_code(code: u8) -> Option<Op> {
        Op::ALL.get(code as usize).copied()
    }

    /// Words that the instruction takes, its aux word included (a branch's jump is an instruction of its own).
    #[inline]
    pub fn words(self) -> usize {
        match self.tail() {
            Tail::Site | Tail::ConstSite | Tail::Cache | Tail::Counts => 2,
            Tail::None | Tail::Branch => 1,
        }
    }

    #[inline]
    pub fn ends_block(self) -> bool {
        self.effect() == Effect::end
    }

    /// Whether an exception can leave it: such an instruction has a site.
    #[inline]
    pub fn can_raise(self) -> bool {
        self.effect() != Effect::pure && self != Op::JUMP && self != Op::RETURN && self != Op::RETURN_NONE
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $name:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $enum { $($(#[$vdoc])* $name),* }

        impl $enum {
            pub const ALL: &'static [$enum] = &[$($enum::$name),*];

            pub fn from_code(code: u32) -> Option<$enum> {
                $enum::ALL.get(code as usize).copied()
            }
        }
    };
}

codes! {
    /// Operand of LOAD_IMMEDIATE.
    Immediate { None, True, False, Ellipsis, Unbound }
}
codes! {
    /// Operand of LOAD_COMMON.
    Common { AssertionError, NotImplementedError, BuiltinTuple, BuiltinAll, BuiltinAny, EmptyTuple }
}
codes! {
    /// Operand C of SET_FUNCTION. `Annotate` is the `__annotate__` function, `Annotations` (future import) a tuple of
    /// name, text, name, text, …
    FunctionPart { Defaults, KeywordDefaults, Annotate, Annotations, TypeParams }
}
codes! {
    /// Operand C of INTRINSIC; `x` is `R[B]`, `y` is `R[B+1]` (only read where named).
    Intrinsic {
        /// `TypeVar(x)`; a TypeVar with name x.
        TypeVar,
        /// TypeVar named x with lazily evaluated bound (function y).
        TypeVarWithBound,
        /// TypeVar named x with lazily evaluated constraints (function y).
        TypeVarWithConstraints,
        ParamSpec,
        TypeVarTuple,
        /// x's default is lazily evaluated by function y; gives x.
        SetTypeParamDefault,
        /// `Generic[*x]` for a tuple of type parameters.
        SubscriptGeneric,
        /// Type alias named `x[0]` with parameters `x[1]` (tuple or None) and lazy value function `x[2]`, x a tuple.
        TypeAlias,
        /// Makes `__annotations__` in the namespace if it is missing (`from __future__ import annotations`).
        SetupAnnotations,
        /// Shows x through `sys.displayhook` (interactive statements).
        Print,
        /// Function x with `__type_params__` y; gives x.
        SetTypeParams,
    }
}

impl Intrinsic {
    /// How many of the pair at B it reads.
    pub fn operand_count(self) -> u32 {
        match self {
            Intrinsic::SetupAnnotations => 0,
            Intrinsic::TypeVarWithBound
            | Intrinsic::TypeVarWithConstraints
            | Intrinsic::SetTypeParamDefault
            | Intrinsic::SetTypeParams => 2,
            _ => 1,
        }
    }
}

/// The fields of an instruction word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub u32);

impl Word {
    pub fn abc(op: Op, a: u8, b: u8, c: u8) -> Word {
        Word(op as u32 | u32::from(a) << 8 | u32::from(b) << 16 | u32::from(c) << 24)
    }

    pub fn abx(op: Op, a: u8, bx: u16) -> Word {
        Word(op as u32 | u32::from(a) << 8 | u32::from(bx) << 16)
    }

    /// `offset` must fit 24 bits.
    pub fn jump(op: Op, offset: i32) -> Word {
        debug_assert!((-(1 << 23)..1 << 23).contains(&offset));
        Word(op as u32 | (offset as u32) << 8)
    }

    pub fn aux(low: u16, high: u16) -> Word {
        Word(u32::from(low) | u32::from(high) << 16)
    }

    pub fn op(self) -> Option<Op> {
        Op::from_code(self.0 as u8)
    }

    pub fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }

    pub fn b(self) -> u8 {
        (self.0 >> 16) as u8
    }

    pub fn c(self) -> u8 {
        (self.0 >> 24) as u8
    }

    pub fn bx(self) -> u16 {
        (self.0 >> 16) as u16
    }

    pub fn offset(self) -> i32 {
        self.0 as i32 >> 8
    }

    /// Low half of an aux word: name, constant or first count.
    pub fn low(self) -> u16 {
        self.0 as u16
    }

    /// High half of an aux word: cache index or second count.
    pub fn high(self) -> u16 {
        (self.0 >> 16) as u16
    }
}

/// No inline cache at this site.
pub const NO_CACHE: u16 = u16::MAX;

const _: () = assert!(Op::ALL.len() <= 256);
