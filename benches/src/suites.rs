//! Real pytest suites: the table of them, and the harness that compares runners on them.
//!
//! A suite is a source archive from PyPI with its tests in it, or a folder of `benches/suites`. Each one gets a
//! virtual environment of its own, so that every runner meets the same interpreter, plugins and libraries.

pub mod compare;
pub mod leftovers;
pub mod outcomes;
pub mod place;
pub mod postgres;
pub mod prepare;
pub mod report;
pub mod session;
pub mod side;
pub mod times;

/// One suite: where its source comes from and how pytest is called on it.
#[derive(Debug)]
pub struct Suite {
    pub name: &'static str,
    pub source: Source,
    /// What its tests import beside the project itself; `benches/suites/constraints.txt` pins versions.
    pub requirements: &'static [&'static str],
    /// Options of pytest that every run of it needs.
    pub options: &'static [&'static str],
    /// The paths of a whole run; none where the suite's configuration names them.
    pub paths: &'static [&'static str],
    pub environment: &'static [(&'static str, &'static str)],
    pub group: Group,
    pub service: Service,
    /// Version of pytest; a few suites import what newer ones no longer have.
    pub pytest: &'static str,
}

impl Suite {
    /// What a run of all of it is called with.
    pub fn arguments(&self) -> impl Iterator<Item = &'static str> {
        self.options.iter().chain(self.paths).copied()
    }
}

#[derive(Debug)]
pub enum Source {
    /// The source archive of this name and version on PyPI.
    Archive { project: &'static str, version: &'static str },
    /// A folder of `benches/suites`.
    Folder(&'static str),
}

/// Which worker counts a suite must be right with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Plain,
    /// With a database, threads, event loops: also right with many workers.
    Stateful,
}

impl Group {
    pub fn workers(self) -> &'static [usize] {
        match self {
            Group::Plain => &[1, 2],
            Group::Stateful => &[1, 2, 8],
        }
    }
}

/// What must run beside the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    None,
    Postgres,
}

const fn archive(
    project: &'static str,
    version: &'static str,
    requirements: &'static [&'static str],
) -> Suite {
    Suite {
        name: project,
        source: Source::Archive { project, version },
        requirements,
        options: &[],
        paths: &[],
        environment: &[],
        group: Group::Plain,
        service: Service::None,
        pytest: "pytest==9.2.0",
    }
}

/// Hypothesis without random examples and without limits of time, which a busy machine breaks.
const DERANDOMIZED: &[&str] = &["--hypothesis-profile=ci"];

/// No suite of its own: the environment for generated tests.
pub static TRIVIAL: Suite =
    Suite { name: "trivial", source: Source::Folder("trivial"), ..archive("", "", &[]) };

/// Every suite, small ones first.
pub static SUITES: &[Suite] = &[
    archive("iniconfig", "2.3.1", &[]),
    archive("h11", "0.16.0", &[]),
    archive("markupsafe", "3.0.4", &[]),
    archive("itsdangerous", "2.2.0", &["freezegun"]),
    Suite {
        options: &["-o", "asyncio_default_fixture_loop_scope=function"],
        ..archive("blinker", "1.9.0", &["pytest-asyncio"])
    },
    archive("pluggy", "1.7.0", &["pytest-benchmark", "coverage"]),
    archive("cachetools", "8.0.2", &[]),
    Suite { pytest: "pytest==8.4.2", ..archive("flask", "3.1.3", &["asgiref", "greenlet", "python-dotenv"]) },
    archive("tomlkit", "0.13.2", &["pyyaml"]),
    archive("jinja2", "3.1.6", &["trio"]),
    // The test that is left out has the time of day in its ids.
    Suite {
        options: &[
            "--deselect",
            "tests/test_deserialization.py::TestFieldDeserialization::test_invalid_datetime_deserialization",
        ],
        ..archive("marshmallow", "4.4.0", &["simplejson"])
    },
    Suite {
        options: DERANDOMIZED,
        ..archive("python-dateutil", "4.0.0", &["attrs", "freezegun", "hypothesis", "pytest-cov", "tzdata"])
    },
    // Its tests of the development server wait for a reloader that never settles on some machines.
    Suite {
        options: &["-m", "not dev_server"],
        ..archive(
            "werkzeug",
            "3.1.9",
            &["cffi", "cryptography", "ephemeral-port-reserve", "pytest-timeout", "watchdog"],
        )
    },
    archive("click", "8.5.1", &[]),
    Suite { options: DERANDOMIZED, ..archive("attrs", "26.1.0", &["cloudpickle", "hypothesis", "pympler"]) },
    archive("more-itertools", "11.2.1", &[]),
    archive("packaging", "26.3", &["coverage", "hypothesis", "pretend", "tomli-w"]),
    Suite {
        name: "shop",
        source: Source::Folder("shop"),
        requirements: &["django", "pytest-django", "psycopg[binary]"],
        group: Group::Stateful,
        service: Service::Postgres,
        ..archive("", "", &[])
    },
    Suite {
        paths: &["tests"],
        group: Group::Stateful,
        ..archive("pytest-asyncio", "1.5.0", &["coverage", "hypothesis"])
    },
    Suite {
        paths: &["networkx/linalg", "networkx/tests", "networkx/drawing", "networkx/algorithms/centrality"],
        group: Group::Stateful,
        ..archive("networkx", "3.6.1", &["numpy", "scipy"])
    },
    Suite {
        paths: &["test/sql"],
        group: Group::Stateful,
        ..archive("sqlalchemy", "2.1.9", &["greenlet", "aiosqlite"])
    },
];

/// The suites of these names, or all; an unknown name is an error that lists the known ones.
pub fn select(names: &[String]) -> Result<Vec<&'static Suite>, String> {
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    names
        .iter()
        .map(|name| {
            SUITES.iter().find(|suite| suite.name == name).ok_or_else(|| {
                let known: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
                format!("no suite '{name}'; known are {}", known.join(", "))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SUITES.len());
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = select(&["nope".to_owned()]).unwrap_err();
        assert!(error.contains("'nope'") && error.contains("click"), "{error}");
    }
}
