//! What dx-testrun and its Python workers say to each other.
//!
//! Orders go to Python over a socket, answers come back: the parent's over the same socket, a worker's through a ring
//! in shared memory, which survives the worker. Both are frames of a fixed header and a payload (JSON in UTF-8 where
//! there is one). All fields are little-endian; the check is CRC-32 over the header before it and the payload.
//!
//! ```text
//! order, 32 bytes    magic 0x5844 u16  version u8  kind u8   length u32   words 5 * u32   check u32
//! answer, 40 bytes   magic 0x5844 u16  version u8  kind u8   length u32   file u32   item u32
//!                    outcome u8  phase u8  flags u16   setup, call, teardown: microseconds u32 each
//!                    start: microseconds since the run began u32   check u32
//! ring               magic "DXRG"  version u32  capacity u32  0 u32   head u64   tail u64   0 u64
//!                    file + 1 u32  item u32  began u64 (ns, CLOCK_MONOTONIC)   wanted u8, 0 * 7
//!                    then the bytes
//! ```
//!
//! The producer moves `head` after the bytes are in place, the consumer moves `tail`; both only grow. The words from
//! byte 40 on say what the worker is doing, so that a crash or a hang can be laid on a test without a message.
//! `wanted` is dx-testrun's: when it is set, the worker gives up what it has not begun ([`Answer::Yielded`]), so that an
//! idle worker gets a part of it. Orders that were on their way then are void; [`Order::Take`] marks where new ones begin.

mod frame;
mod ring;

pub use frame::{
    ANSWER_BYTES, AnswerFrame, Decoder, FrameError, LENGTH_MAX, MAGIC, ORDER_BYTES, OrderFrame, VERSION,
};
pub use ring::{Current, RING_BYTES, RING_MAGIC, RingHeader, offsets};

macro_rules! kinds {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $kind:ident = $code:literal,)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$doc])* $kind = $code),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$kind),*];

            pub fn from_code(code: u8) -> Option<$name> {
                match code {
                    $($code => Some($name::$kind),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// What Python is told to do.
    Order {
        /// Begin: arguments and settings.
        Start = 1,
        /// Fork worker `words[0]` of `words[1]`; four descriptors come along: control, ring, lifeline, dump.
        Fork = 2,
        /// Wait for the process `words[0]`, which has ended.
        Reap = 3,
        /// Reports of workers, one JSON object a line, for pytest's own reporters.
        Feed = 4,
        /// The run is over: how it ended.
        Finish = 5,
        /// Collect file `words[0]`.
        Collect = 6,
        /// Run `words[2]` items of file `words[0]` from item `words[1]` on.
        Run = 7,
        /// Nothing more for now: no item follows the last one.
        End = 8,
        /// Leave what is queued, end the session.
        Stop = 9,
        /// A warm parent: end.
        Quit = 10,
        /// What was given up is taken: orders before this one are void.
        Take = 11,
    }
}

kinds! {
    /// What Python says.
    Answer {
        /// Interpreter and pytest found.
        Hello = 1,
        /// The head of pytest's own report.
        Header = 2,
        /// What is to run, and how pytest was configured.
        Plan = 3,
        /// Worker `item` is process `file`.
        Forked = 4,
        /// How process `file` ended.
        Reaped = 5,
        /// The end of pytest's own report, and its status.
        Summary = 6,
        /// The worker is about to take orders.
        Ready = 7,
        /// The items of file `file`.
        Collected = 8,
        /// A test is done.
        Result = 9,
        /// A report that is more than "passed".
        Report = 10,
        /// The unit of file `file` that began with item `item` is done.
        Unit = 11,
        /// Nothing left to do.
        Idle = 12,
        Warning = 13,
        /// The session wants to stop, and why.
        Stopped = 14,
        Internal = 15,
        /// The last words of a worker: its session's status.
        Gone = 16,
        Note = 17,
        /// A debugger takes or gives back the terminal.
        Debugger = 18,
        /// Everything from item `item` of file `file` on is given up.
        Yielded = 19,
        /// The worker waits for an order.
        Need = 20,
        /// A warm layer cannot serve this run, and why.
        Refused = 21,
        /// What a test used, or modules that were imported.
        Evidence = 22,
    }
}

kinds! {
    /// How a test ended, in the order in which pytest's summary names them.
    Outcome {
        Passed = 0,
        Failed = 1,
        Error = 2,
        Skipped = 3,
        XFailed = 4,
        XPassed = 5,
        /// A plugin's own category, or none.
        Other = 6,
    }
}

/// As a count in [`Order::Run`]: to the end of the file.
pub const ALL_ITEMS: u32 = u32::MAX;

/// As an item in an answer: the file itself, while it is collected.
pub const COLLECTING: u32 = u32::MAX;

/// In [`AnswerFrame::flags`]: the teardown failed after the outcome was known.
pub const TEARDOWN_ERROR: u16 = 1;
/// In [`AnswerFrame::flags`]: the test did not take pytest's own way, which would have added nothing.
pub const LEAN: u16 = 2;
/// A part of the test failed (`subTest`), and pytest calls the test itself passed.
pub const PART_FAILED: u16 = 4;

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Error => "error",
            Outcome::Skipped => "skipped",
            Outcome::XFailed => "xfailed",
            Outcome::XPassed => "xpassed",
            Outcome::Other => "other",
        }
    }

    pub fn is_failure(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::Error)
    }
}
