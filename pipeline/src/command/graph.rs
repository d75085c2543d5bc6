//! `dx-pipe graph`, `deps`, `rdeps`.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::print;
use crate::edges::{self, Graph};
use crate::failure::Failure;
use crate::known;
use crate::result::FileResult;
use crate::store::Store;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Form {
    /// the form of the output
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// edges between fragments instead of files
    #[arg(long)]
    fragments: bool,
}

#[derive(Args)]
pub(crate) struct GraphArguments {
    #[command(flatten)]
    form: Form,
}

#[derive(Args)]
pub(crate) struct DepsArguments {
    /// `pkg.mod` for a file, `pkg.mod:Class.method` for a fragment
    unit: String,
    #[command(flatten)]
    form: Form,
    /// only the direct ones
    #[arg(long)]
    direct: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
    Mermaid,
}

pub(crate) fn graph(arguments: &GraphArguments) -> Result<u8, Failure> {
    print(&render(&load(arguments.form.fragments)?, arguments.form.format))
}

pub(crate) fn deps(arguments: &DepsArguments, reverse: bool) -> Result<u8, Failure> {
    // A fragment's name asks for edges between fragments by itself.
    let fragments = arguments.form.fragments || arguments.unit.contains(':');
    let whole = load(fragments)?;
    let whole = if reverse { whole.reversed() } else { whole };
    if !whole.edges.contains_key(&arguments.unit) {
        let hint = if fragments {
            "a fragment is named `pkg.mod:Class.method`"
        } else {
            "a module is named `pkg.mod`"
        };
        return Err(Failure::Usage(format!("no built unit is named `{}`; {hint}", arguments.unit)));
    }
    let part = if arguments.direct {
        let mut one = Graph::default();
        if let Some(targets) = whole.edges.get(&arguments.unit) {
            one.edges.insert(arguments.unit.clone(), targets.clone());
        }
        one
    } else {
        whole.reachable(&arguments.unit)
    };
    match arguments.form.format {
        Format::Text => {
            let mut names: Vec<&String> = part.edges.keys().chain(part.edges.values().flatten()).collect();
            names.sort();
            names.dedup();
            let lines = names.iter().filter(|name| ***name != arguments.unit).map(|name| format!("{name}\n"));
            print(&lines.collect::<String>())
        }
        format => print(&render(&part, format)),
    }
}

fn load(fragments: bool) -> Result<Graph, Failure> {
    let workspace = Workspace::find(std::path::Path::new("."))?;
    let known = known::all(&workspace);
    if known.is_empty() {
        return Err(Failure::Usage("nothing was built here yet; `dx-pipe build` first".to_owned()));
    }
    // A file may be part of several builds; the most recent one knows best.
    let mut files: BTreeMap<String, FileResult> = BTreeMap::new();
    for file in known.into_iter().flat_map(|known| known.files) {
        files.entry(file.path.clone()).or_insert(file);
    }
    let files: Vec<FileResult> = files.into_values().collect();
    if fragments {
        return Ok(edges::of_fragments(&Store::open(&workspace), &files));
    }
    Ok(edges::of_files(&files))
}

fn render(graph: &Graph, format: Format) -> String {
    let pairs = graph.edges.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)));
    match format {
        Format::Text => {
            let line = |(from, targets): (&String, &std::collections::BTreeSet<String>)| {
                let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
                format!("{from}: {}\n", targets.join(" "))
            };
            graph.edges.iter().map(line).collect()
        }
        Format::Json => format!("{:#}\n", json!({ "v": 1, "edges": graph.edges })),
        Format::Dot => {
            let nodes: String = graph.edges.keys().map(|name| format!("  {name:?};\n")).collect();
            let edges: String = pairs.map(|(from, to)| format!("  {from:?} -> {to:?};\n")).collect();
            format!("digraph dx {{\n{nodes}{edges}}}\n")
        }
        Format::Mermaid => {
            let number: BTreeMap<&String, usize> = graph
                .edges
                .keys()
                .chain(graph.edges.values().flatten())
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .enumerate()
                .map(|(number, name)| (name, number))
                .collect();
            let nodes: String =
                number.iter().map(|(name, number)| format!("  n{number}[\"{name}\"]\n")).collect();
            let edges: String =
                pairs.map(|(from, to)| format!("  n{} --> n{}\n", number[from], number[to])).collect();
            format!("graph LR\n{nodes}{edges}")
        }
    }
}
