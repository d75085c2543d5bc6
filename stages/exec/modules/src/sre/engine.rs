//! The matcher: backtracking over a stack of its own, so that no subject and no pattern overflows the native one.
//!
//! What a step changes (group marks, counters) is put on the stack before, and taken back when a choice fails.

use super::charset::{Fold, category};
use super::program::{Greed, One, Op, Program};

/// The text matched against.
pub(super) trait Subject {
    fn len(&self) -> usize;
    fn at(&self, index: usize) -> u32;
}

impl Subject for &[u8] {
    #[inline(always)]
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    #[inline(always)]
    fn at(&self, index: usize) -> u32 {
        u32::from(self[index])
    }
}

impl Subject for &[u32] {
    #[inline(always)]
    fn len(&self) -> usize {
        <[u32]>::len(self)
    }

    #[inline(always)]
    fn at(&self, index: usize) -> u32 {
        self[index]
    }
}

/// What happens when a choice failed.
enum Undo {
    Try {
        op: usize,
        at: usize,
    },
    /// The alternatives of a branch from this one on.
    Alternative {
        op: usize,
        which: usize,
        at: usize,
    },
    Mark {
        mark: usize,
        old: usize,
    },
    LastGroup(usize),
    Counter {
        counter: usize,
        count: usize,
        last: usize,
    },
    /// A greedy repeat that can give back down to `least`.
    Give {
        op: usize,
        least: usize,
        at: usize,
    },
    /// A lazy repeat that can take more.
    Take {
        op: usize,
        count: usize,
        at: usize,
    },
    /// A lazy loop that can turn once more.
    Turn {
        op: usize,
        at: usize,
    },
}

/// No position.
pub(super) const NOWHERE: usize = usize::MAX;

/// A finished match.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Start and end of each group, [`NOWHERE`] where it took no part.
    pub(super) marks: Vec<usize>,
    /// The group closed last, from 1; zero for none.
    pub(super) last_group: usize,
}

/// How a match is looked for.
#[derive(Clone, Copy)]
pub(super) struct Query {
    pub(super) start: usize,
    pub(super) end: usize,
    /// It has to reach the end.
    pub(super) full: bool,
    /// It may begin later.
    pub(super) search: bool,
    /// An empty match at the start does not count.
    pub(super) advance: bool,
}

struct Machine<'p, S> {
    program: &'p Program,
    subject: S,
    query: Query,
    marks: Vec<usize>,
    last_group: usize,
    counters: Vec<(usize, usize)>,
    stack: Vec<Undo>,
}

/// Looks for a match; positions are within the subject.
pub(super) fn find<S: Subject>(program: &Program, subject: S, query: Query) -> Option<Found> {
    let query = Query { end: query.end.min(subject.len()), ..query };
    if query.start > query.end {
        return None;
    }
    let mut machine = Machine {
        program,
        subject,
        query,
        marks: vec![NOWHERE; 2 * program.groups],
        last_group: 0,
        counters: vec![(0, NOWHERE); program.counters],
        stack: Vec::new(),
    };
    let mut start = query.start;
    loop {
        if query.search {
            start = machine.candidate(start)?;
        }
        if start + program.least.min(query.end + 1) > query.end {
            return None;
        }
        if let Some(end) = machine.run(0, start, true) {
            let Machine { marks, last_group, .. } = machine;
            return Some(Found { start, end, marks, last_group });
        }
        if !query.search || start >= query.end {
            return None;
        }
        start += 1;
    }
}

impl<S: Subject> Machine<'_, S> {
    /// The next place where the first character can match.
    fn candidate(&self, start: usize) -> Option<usize> {
        let first = self.program.ops.iter().find(|op| !matches!(op, Op::Mark(_)));
        let one = match first {
            Some(Op::One(one)) => one,
            Some(Op::RepeatOne { one, least, .. }) if *least > 0 => one,
            _ => return Some(start),
        };
        (start..self.query.end).find(|&at| self.is(one, self.subject.at(at)))
    }

    #[inline]
    fn is(&self, one: &One, c: u32) -> bool {
        match one {
            One::Any => true,
            One::AnyButNewline => c != 10,
            One::Literal(literal, fold) => {
                fold.apply(c) == *literal || (*fold != Fold::None && c == *literal)
            }
            One::NotLiteral(literal, fold) => {
                !(fold.apply(c) == *literal || (*fold != Fold::None && c == *literal))
            }
            One::Set(set) => self.program.sets[*set].has(c),
        }
    }

    /// The position behind as many as possible, `most` at most.
    fn span(&self, one: &One, at: usize, most: usize) -> usize {
        let end = self.query.end.min(at.saturating_add(most));
        match one {
            One::Any => end,
            one => (at..end).find(|&index| !self.is(one, self.subject.at(index))).unwrap_or(end),
        }
    }

    fn set_mark(&mut self, mark: usize, at: usize) {
        self.stack.push(Undo::Mark { mark, old: self.marks[mark] });
        self.marks[mark] = at;
        if mark & 1 == 1 {
            self.stack.push(Undo::LastGroup(self.last_group));
            self.last_group = mark / 2 + 1;
        }
    }

    fn set_counter(&mut self, counter: usize, value: (usize, usize)) {
        let (count, last) = self.counters[counter];
        self.stack.push(Undo::Counter { counter, count, last });
        self.counters[counter] = value;
    }

    /// Whether the place is what an anchor asks for. The start of the subject is its real one; the end is the query's.
    fn anchored(&self, kind: u32, at: usize) -> bool {
        let end = self.query.end;
        let before = |at: usize| self.subject.at(at - 1);
        let boundary = |class: u32| {
            let left = at > 0 && category(class, before(at));
            let right = at < end && category(class, self.subject.at(at));
            left != right
        };
        match kind {
            0 | 2 => at == 0,
            1 => at == 0 || before(at) == 10,
            3 => boundary(4),
            4 => !boundary(4),
            5 => at == end || (at + 1 == end && self.subject.at(at) == 10),
            6 => at == end || self.subject.at(at) == 10,
            7 => at == end,
            8 => boundary(8),
            9 => !boundary(8),
            10 => boundary(14),
            _ => !boundary(14),
        }
    }

    /// The position behind a repetition of what a group matched.
    fn again(&self, group: usize, fold: Fold, at: usize) -> Option<usize> {
        let (from, to) = (self.marks[2 * group], self.marks[2 * group + 1]);
        if from == NOWHERE || to == NOWHERE || to < from || at + (to - from) > self.query.end {
            return None;
        }
        let same =
            |offset| fold.apply(self.subject.at(from + offset)) == fold.apply(self.subject.at(at + offset));
        (0..to - from).all(same).then_some(at + (to - from))
    }

    /// Takes back one change; a choice answers where to go on.
    fn undo(&mut self, undo: Undo) -> Option<(usize, usize)> {
        let program = self.program;
        match undo {
            Undo::Mark { mark, old } => self.marks[mark] = old,
            Undo::LastGroup(old) => self.last_group = old,
            Undo::Counter { counter, count, last } => self.counters[counter] = (count, last),
            Undo::Try { op, at } => return Some((op, at)),
            Undo::Alternative { op, which, at } => {
                if let Op::Branch(starts) = &program.ops[op]
                    && let Some(&start) = starts.get(which)
                {
                    if which + 1 < starts.len() {
                        self.stack.push(Undo::Alternative { op, which: which + 1, at });
                    }
                    return Some((start, at));
                }
            }
            Undo::Give { op, least, mut at } => {
                // What cannot begin with the literal that comes next is given back at once.
                let wanted = match program.ops.get(op + 1) {
                    Some(Op::One(One::Literal(literal, Fold::None))) => Some(*literal),
                    _ => None,
                };
                while at > least {
                    at -= 1;
                    if wanted.is_none_or(|wanted| at < self.query.end && self.subject.at(at) == wanted) {
                        if at > least {
                            self.stack.push(Undo::Give { op, least, at });
                        }
                        return Some((op + 1, at));
                    }
                }
            }
            Undo::Take { op, count, at } => {
                if let Op::RepeatOne { one, most, .. } = &program.ops[op]
                    && count < *most
                    && at < self.query.end
                    && self.is(one, self.subject.at(at))
                {
                    self.stack.push(Undo::Take { op, count: count + 1, at: at + 1 });
                    return Some((op + 1, at + 1));
                }
            }
            Undo::Turn { op, at } => {
                if let Op::Loop { counter, most, .. } = program.ops[op] {
                    let (count, last) = self.counters[counter];
                    if count < most && last != at {
                        self.set_counter(counter, (count + 1, at));
                        return Some((op + 1, at));
                    }
                }
            }
        }
        None
    }

    /// Backtracks to the last choice above `base`.
    fn retry(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            let undo = self.stack.pop()?;
            if let Some(choice) = self.undo(undo) {
                return Some(choice);
            }
        }
        None
    }

    /// Forgets the choices above `base` and keeps what has to be taken back.
    fn commit(&mut self, base: usize) {
        let kept = self.stack.split_off(base);
        self.stack
            .extend(kept.into_iter().filter(|undo| {
                matches!(undo, Undo::Mark { .. } | Undo::LastGroup(_) | Undo::Counter { .. })
            }));
    }

    /// Takes back everything above `base`.
    fn rewind(&mut self, base: usize) {
        while self.stack.len() > base {
            if let Some(undo @ (Undo::Mark { .. } | Undo::LastGroup(_) | Undo::Counter { .. })) =
                self.stack.pop()
            {
                self.undo(undo);
            }
        }
    }

    /// Runs from an instruction to its `End`; answers the position there. The depth of recursion is the nesting of
    /// the pattern's parts.
    fn run(&mut self, op: usize, at: usize, whole: bool) -> Option<usize> {
        let base = self.stack.len();
        let program = self.program;
        let (mut op, mut at) = (op, at);
        loop {
            let next = match &program.ops[op] {
                Op::Fail => None,
                Op::End => {
                    let query = self.query;
                    let refused =
                        whole && ((query.full && at != query.end) || (query.advance && at == query.start));
                    if !refused {
                        return Some(at);
                    }
                    None
                }
                Op::One(one) => {
                    (at < self.query.end && self.is(one, self.subject.at(at))).then_some((op + 1, at + 1))
                }
                Op::At(kind) => self.anchored(*kind, at).then_some((op + 1, at)),
                Op::Mark(mark) => {
                    self.set_mark(*mark, at);
                    Some((op + 1, at))
                }
                Op::Jump(target) => Some((*target, at)),
                Op::Branch(starts) => {
                    if starts.len() > 1 {
                        self.stack.push(Undo::Alternative { op, which: 1, at });
                    }
                    starts.first().map(|&start| (start, at))
                }
                Op::GroupRef(group, fold) => self.again(*group, *fold, at).map(|at| (op + 1, at)),
                Op::IfGroup(group, otherwise) => {
                    let matched = self.marks[2 * group] != NOWHERE && self.marks[2 * group + 1] != NOWHERE;
                    Some((if matched { op + 1 } else { *otherwise }, at))
                }
                Op::RepeatOne { one, least, most, greed } => self.repeat(op, one, *least, *most, *greed, at),
                Op::Enter(counter) => {
                    self.set_counter(*counter, (0, NOWHERE));
                    Some((op + 1, at))
                }
                &Op::Loop { counter, least, most, lazy, exit } => {
                    let (count, last) = self.counters[counter];
                    if count < least {
                        // Turns that take nothing are all the same.
                        let next = if last == at { least } else { count + 1 };
                        self.set_counter(counter, (next, at));
                        Some((op + 1, at))
                    } else if lazy {
                        self.stack.push(Undo::Turn { op, at });
                        Some((exit, at))
                    } else if count < most && last != at {
                        self.stack.push(Undo::Try { op: exit, at });
                        self.set_counter(counter, (count + 1, at));
                        Some((op + 1, at))
                    } else {
                        Some((exit, at))
                    }
                }
                Op::Atomic { next } => {
                    let mark = self.stack.len();
                    let end = self.run(op + 1, at, false);
                    end.map(|end| {
                        self.commit(mark);
                        (*next, end)
                    })
                }
                Op::Assert { back, negative, next } => {
                    let mark = self.stack.len();
                    let end = at.checked_sub(*back).and_then(|at| self.run(op + 1, at, false));
                    match (end, negative) {
                        (Some(_), false) => {
                            self.commit(mark);
                            Some((*next, at))
                        }
                        (Some(_), true) => {
                            self.rewind(mark);
                            None
                        }
                        (None, false) => None,
                        (None, true) => Some((*next, at)),
                    }
                }
            };
            match next.or_else(|| self.retry(base)) {
                Some(next) => (op, at) = next,
                None => return None,
            }
        }
    }

    fn repeat(
        &mut self,
        op: usize,
        one: &One,
        least: usize,
        most: usize,
        greed: Greed,
        at: usize,
    ) -> Option<(usize, usize)> {
        let floor = at.checked_add(least)?;
        let reached = self.span(one, at, if greed == Greed::Lazy { least } else { most });
        if reached < floor {
            return None;
        }
        match greed {
            Greed::Lazy => self.stack.push(Undo::Take { op, count: least, at: reached }),
            Greed::Greedy if reached > floor => self.stack.push(Undo::Give { op, least: floor, at: reached }),
            _ => {}
        }
        Some((op + 1, reached))
    }
}
