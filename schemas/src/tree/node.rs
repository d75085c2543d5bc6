//! The table of node kinds: child slots, payloads, flags, and what `extra` holds.
//!
//! Names follow CPython's `Parser/Python.asdl`. A slot ending in `?` may hold `Absent`; the last slot may repeat
//! (`*`). Blocks of statements and lists of anything are `List` nodes, so every kind has fixed slots.

use crate::container::ArtifactError;

/// What a node's payload means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Always [`super::NO_PAYLOAD`].
    None,
    Name,
    OptionalName,
    Const,
    OptionalConst,
    /// A plain number.
    Number,
}

/// How many children a kind has: exactly `fixed`, or at least that many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    pub fixed: usize,
    pub variadic: bool,
}

impl Arity {
    pub(super) fn check(self, seen: usize) -> Result<(), ArtifactError> {
        if seen == self.fixed || (self.variadic && seen > self.fixed) {
            Ok(())
        } else {
            Err(ArtifactError::Malformed("a node has the wrong number of children"))
        }
    }
}

macro_rules! count {
    () => { 0 };
    ($head:ident $($tail:ident)*) => { 1 + count!($($tail)*) };
}

macro_rules! nodes {
    ($($(#[$doc:meta])* $name:ident($payload:ident) [$($slot:ident)*] $(* $rest:ident)?;)*) => {
        /// What a node is. The doc comment of each kind gives slots, `extra` and flags.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum NodeKind { $($(#[$doc])* $name),* }

        impl NodeKind {
            pub const ALL: &'static [NodeKind] = &[$(NodeKind::$name),*];

            pub fn name(self) -> &'static str {
                match self { $(NodeKind::$name => stringify!($name)),* }
            }

            pub fn payload(self) -> Payload {
                match self { $(NodeKind::$name => Payload::$payload),* }
            }

            pub fn arity(self) -> Arity {
                match self {
                    $(NodeKind::$name => Arity {
                        fixed: count!($($slot)*),
                        variadic: count!($($rest)?) != 0,
                    }),*
                }
            }

            /// Names of the fixed slots, for dumps.
            pub fn slot_names(self) -> &'static [&'static str] {
                match self { $(NodeKind::$name => &[$(stringify!($slot)),*]),* }
            }
        }
    };
}

nodes! {
    /// An optional slot that is empty.
    Absent(None) [];
    /// A sequence: statements of a block, decorators, targets, patterns.
    List(None) [] * items;
    /// In the parent's tree where a child fragment's body stands; payload: which child fragment (0 = first in source
    /// order), extra: 0 function, 1 class.
    FragmentRef(Number) [];

    // Roots. A module's or class's docstring is its first statement (flag DOCSTRING on the ExprStmt).
    /// Root of a module fragment.
    Module(None) [] * body;
    /// A function's parameters and body: root of a function fragment, last slot of a nested FunctionDef or Lambda.
    /// Flags ASYNC, GENERATOR (has a `yield` in its own scope), LAMBDA (the body is one expression).
    Function(Name) [parameters body];
    /// A class's body: root of a class fragment, last slot of a nested ClassDef.
    Class(Name) [] * body;

    // Statements.
    /// Flags ASYNC. `annotations`: List of Annotation in CPython's order; a return annotation is named `return`.
    /// `body`: Function, or FragmentRef.
    FunctionDef(Name) [decorators type_params_opt defaults keyword_defaults annotations body];
    /// `arguments`: List of bases (maybe Starred) and Keyword. `body`: Class, or FragmentRef.
    ClassDef(Name) [decorators type_params_opt arguments body];
    Return(None) [value_opt];
    Delete(None) [] * targets;
    /// `targets`: List, left to right.
    Assign(None) [targets value];
    TypeAlias(Name) [type_params_opt value];
    /// Extra: [`Operator`].
    AugAssign(None) [target value];
    /// Flag SIMPLE: the target is a bare name without parentheses.
    AnnAssign(None) [target annotation value_opt];
    /// Flag ASYNC.
    For(None) [target iter body orelse];
    While(None) [test body orelse];
    If(None) [test body orelse];
    /// Flag ASYNC. `items`: List of WithItem.
    With(None) [items body];
    WithItem(None) [context target_opt];
    Match(None) [subject] * cases;
    MatchCase(None) [pattern guard_opt body];
    Raise(None) [exception_opt cause_opt];
    /// Flag STAR: `except*`.
    Try(None) [body handlers orelse finalbody];
    ExceptHandler(OptionalName) [type_opt body];
    Assert(None) [test message_opt];
    Import(None) [] * aliases;
    /// Payload: the module as written, without the leading dots; extra: their number. A star import's only alias is
    /// named `*`.
    ImportFrom(OptionalName) [] * aliases;
    /// Payload: the (dotted) name.
    Alias(Name) [as_name_opt];
    AsName(Name) [];
    Global(None) [] * names;
    Nonlocal(None) [] * names;
    /// One name of a `global` or `nonlocal` statement.
    Identifier(Name) [];
    /// Flag DOCSTRING.
    ExprStmt(None) [value];
    Pass(None) [];
    Break(None) [];
    Continue(None) [];
    /// What error recovery could not place; a tree with it is never compiled.
    Invalid(None) [];

    // Expressions.
    /// Extra: 0 and, 1 or.
    BoolOp(None) [] * values;
    NamedExpr(None) [target value];
    /// Extra: [`Operator`].
    BinOp(None) [left right];
    /// Extra: [`UnaryOperator`].
    UnaryOp(None) [operand];
    /// `body`: Function with flag LAMBDA.
    Lambda(None) [defaults keyword_defaults body];
    IfExp(None) [test body orelse];
    Dict(None) [] * items;
    /// `key` is Absent for `**value`.
    DictItem(None) [key_opt value];
    Set(None) [] * elements;
    /// `generators`: List of Comprehension.
    ListComp(None) [element generators];
    SetComp(None) [element generators];
    DictComp(None) [key value generators];
    GeneratorExp(None) [element generators];
    /// Flag ASYNC. `ifs`: List.
    Comprehension(None) [target iter ifs];
    Await(None) [value];
    Yield(None) [value_opt];
    YieldFrom(None) [value];
    Compare(None) [left] * comparisons;
    /// Extra: [`Comparator`].
    Comparison(None) [right];
    /// Children: callee, then arguments as CPython evaluates them: positional ones (maybe Starred), then Keyword.
    Call(None) [callee] * arguments;
    /// Payload: the name; none for `**value`.
    Keyword(OptionalName) [value];
    /// Parts: Constant (str) and FormattedValue.
    JoinedStr(None) [] * parts;
    /// Extra: conversion (0, or `s`, `r`, `a` as a byte). The text of `{x = }` is a Constant part before it.
    FormattedValue(None) [value format_spec_opt];
    /// Parts: Constant (str) and Interpolation.
    TemplateStr(None) [] * parts;
    /// Payload: the expression's source text; extra: conversion.
    Interpolation(Const) [value format_spec_opt];
    Constant(Const) [];
    /// Flags CTX_*.
    Attribute(Name) [value];
    /// Flags CTX_*.
    Subscript(None) [value slice];
    /// Flags CTX_*.
    Starred(None) [value];
    /// Flags CTX_*.
    Name(Name) [];
    /// A list display or target; flags CTX_*.
    ListExpr(None) [] * elements;
    /// A tuple display or target; flags CTX_*.
    Tuple(None) [] * elements;
    Slice(None) [lower_opt upper_opt step_opt];

    // Patterns.
    MatchValue(None) [value];
    /// Payload: None, True or False.
    MatchSingleton(Const) [];
    MatchSequence(None) [] * patterns;
    /// Payload: the name after `**`. Children: MatchMappingItem.
    MatchMapping(OptionalName) [] * items;
    MatchMappingItem(None) [key pattern];
    /// `patterns`: List; `keywords`: List of MatchKeyword.
    MatchClass(None) [class patterns keywords];
    MatchKeyword(Name) [pattern];
    /// Payload: none for `*_`.
    MatchStar(OptionalName) [];
    /// Payload: none (and no pattern) for `_`.
    MatchAs(OptionalName) [pattern_opt];
    MatchOr(None) [] * patterns;

    // Parts of definitions.
    /// Children: Parameter, in the order of `co_varnames`' source: positional-only, positional, `*args`, keyword-only,
    /// `**kwargs`.
    Parameters(None) [] * parameters;
    /// Extra: [`ParameterKind`]; flag HAS_DEFAULT.
    Parameter(Name) [];
    /// A keyword-only parameter's default.
    KeywordDefault(Name) [value];
    Annotation(Name) [value];
    TypeVar(Name) [bound_opt default_opt];
    ParamSpec(Name) [default_opt];
    TypeVarTuple(Name) [default_opt];
}

impl NodeKind {
    pub fn from_code(code: u8) -> Option<NodeKind> {
        NodeKind::ALL.get(code as usize).copied()
    }
}

/// Bits of a node's flags; their meaning depends on the kind.
pub mod flag {
    pub const ASYNC: u8 = 1;
    pub const GENERATOR: u8 = 2;
    pub const LAMBDA: u8 = 4;
    pub const DOCSTRING: u8 = 1;
    pub const SIMPLE: u8 = 1;
    pub const STAR: u8 = 2;
    pub const HAS_DEFAULT: u8 = 1;
    /// The name is stored (an assignment target, a `for` target, …).
    pub const CTX_STORE: u8 = 0x10;
    pub const CTX_DEL: u8 = 0x20;
    /// An expression in parentheses, where that matters (`(x): int`, generator arguments).
    pub const PARENTHESISED: u8 = 0x40;
}

macro_rules! codes {
    ($(#[$doc:meta])* $enum:ident { $($name:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum $enum { $($name),* }

        impl $enum {
            pub const ALL: &'static [$enum] = &[$($enum::$name),*];

            pub fn from_code(code: u16) -> Option<$enum> {
                $enum::ALL.get(code as usize).copied()
            }

            pub fn text(self) -> &'static str {
                match self { $($enum::$name => $text),* }
            }
        }
    };
}

codes! {
    /// Binary operators.
    Operator {
        Add = "+", Sub = "-", Mult = "*", MatMult = "@", Div = "/", Mod = "%", Pow = "**", LShift = "<<",
        RShift = ">>", BitOr = "|", BitXor = "^", BitAnd = "&", FloorDiv = "//",
    }
}
codes! {
    UnaryOperator { Invert = "~", Not = "not", UAdd = "+", USub = "-" }
}
codes! {
    Comparator {
        Eq = "==", NotEq = "!=", Lt = "<", LtE = "<=", Gt = ">", GtE = ">=", Is = "is", IsNot = "is not", In = "in",
        NotIn = "not in",
    }
}
codes! {
    ParameterKind {
        PositionalOnly = "positional-only", Positional = "positional", VarPositional = "*", KeywordOnly = "keyword-only",
        VarKeyword = "**",
    }
}
