//! Differences between two runs' outcomes, test by test.

use std::collections::BTreeSet;
use std::fmt;

use super::outcomes::{Finished, Outcomes};

/// One test with different outcomes on two sides; no outcome means that the side did not have the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub id: String,
    pub expected: Vec<String>,
    pub found: Vec<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |outcomes: &[String]| match outcomes {
            [] => "nothing".to_owned(),
            some => some.join("+"),
        };
        write!(f, "{}: {} instead of {}", self.id, side(&self.found), side(&self.expected))
    }
}

/// Every id whose outcomes differ, sorted.
pub fn differences(expected: &Outcomes, found: &Outcomes) -> Vec<Difference> {
    let ids: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    ids.into_iter()
        .filter(|id| expected.get(*id) != found.get(*id))
        .map(|id| Difference {
            id: id.clone(),
            expected: expected.get(id).cloned().unwrap_or_default(),
            found: found.get(id).cloned().unwrap_or_default(),
        })
        .collect()
}

/// What one compared run did otherwise than the truth.
#[derive(Debug)]
pub struct Verdict {
    pub side: String,
    pub differences: Vec<Difference>,
    pub problems: Vec<String>,
}

impl Verdict {
    pub fn of(side: String, truth: &Finished, run: &Finished) -> Self {
        let mut problems = run.problems.clone();
        if run.exit != truth.exit {
            problems.push(format!("exit {:?} instead of {:?}", run.exit, truth.exit));
        }
        Self { side, differences: differences(&truth.outcomes, &run.outcomes), problems }
    }

    pub fn is_equal(&self) -> bool {
        self.differences.is_empty() && self.problems.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(list: &[(&str, &[&str])]) -> Outcomes {
        list.iter()
            .map(|(id, all)| ((*id).to_owned(), all.iter().map(|o| (*o).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn lost_new_changed_and_twice_counted_tests_are_differences() {
        let truth =
            outcomes(&[("a", &["passed"]), ("b", &["passed"]), ("c", &["failed"]), ("d", &["passed"])]);
        let run = outcomes(&[
            ("b", &["passed", "passed"]),
            ("c", &["error"]),
            ("d", &["passed"]),
            ("e", &["passed"]),
        ]);
        let found: Vec<_> = differences(&truth, &run).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "a: nothing instead of passed",
                "b: passed+passed instead of passed",
                "c: error instead of failed",
                "e: passed instead of nothing"
            ]
        );
    }
}
