//! What a runner that leaves tests out knows of all of them.

use crate::suites::outcomes::Outcomes;

/// The last outcome of every test.
#[derive(Clone, Debug, Default)]
pub(super) struct View(Outcomes);

impl View {
    pub(super) fn see(&mut self, ran: &Outcomes) {
        self.0.extend(ran.iter().map(|(id, outcomes)| (id.clone(), outcomes.clone())));
    }

    /// Tests of which a run of everything says something else; those that pytest itself is of two minds about apart.
    pub(super) fn misses<'a>(&self, truth: &'a Outcomes, unstable: &[String]) -> Vec<&'a str> {
        truth
            .iter()
            .filter(|(id, outcomes)| self.0.get(*id) != Some(*outcomes) && !unstable.contains(id))
            .map(|(id, _)| id.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(all: &[(&str, &str)]) -> Outcomes {
        all.iter().map(|(id, outcome)| ((*id).to_owned(), vec![(*outcome).to_owned()])).collect()
    }

    #[test]
    fn a_test_that_kept_a_wrong_outcome_or_is_unknown_was_missed() {
        let mut view = View::default();
        view.see(&outcomes(&[("a", "passed"), ("b", "passed"), ("gone", "passed")]));
        view.see(&outcomes(&[("b", "failed")]));
        let truth = outcomes(&[("a", "failed"), ("b", "failed"), ("new", "passed")]);
        assert_eq!(view.misses(&truth, &[]), ["a", "new"]);
        assert_eq!(view.misses(&truth, &["a".to_owned()]), ["new"]);
    }
}
