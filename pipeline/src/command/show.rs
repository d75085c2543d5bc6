//! `dx-pipe show`: any artifact in a readable form.

use std::path::Path;

use clap::Args;
use dx_schemas::container::MAGIC;
use dx_schemas::{Artifact, ContentId, text};

use super::print;
use crate::failure::Failure;
use crate::known::{self, Known};
use crate::store::{Held, Store};
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Arguments {
    /// a digest (`HEX/SIZE`, or the start of one that a build here made), a file, or a unit (`pkg.mod:f`)
    what: String,
    /// as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let path = Path::new(&arguments.what);
    if path.is_file() {
        let bytes = std::fs::read(path).map_err(Failure::read(path))?;
        if bytes.starts_with(&MAGIC) {
            return show(&bytes, arguments);
        }
    }
    let workspace = Workspace::find(Path::new("."))?;
    let known = known::all(&workspace);
    let store = Store::open(&workspace);
    let ids = candidates(&known, &arguments.what);
    let found: Vec<(ContentId, Held)> =
        ids.iter().filter_map(|id| Some((*id, store.content(id).ok()?))).collect();
    match found.as_slice() {
        [] => Err(Failure::Usage(format!("`{}` is no artifact that can be found here", arguments.what))),
        [(_, bytes)] => show(bytes, arguments),
        many if arguments.what.contains(['.', ':']) => {
            many.iter().try_fold(0, |_, (_, bytes)| show(bytes, arguments))
        }
        many => {
            let ids: Vec<String> = many.iter().map(|(id, _)| id.to_string()).collect();
            Err(Failure::Usage(format!("`{}` may be any of\n  {}", arguments.what, ids.join("\n  "))))
        }
    }
}

fn candidates(known: &[Known], what: &str) -> Vec<ContentId> {
    if let Some(id) = ContentId::parse(what) {
        return vec![id];
    }
    if let Some(named) = known::find(known, what) {
        let file = &named.file;
        return match named.fragment {
            Some(row) => file.fragments[row].code.iter().map(|(_, id)| *id).collect(),
            None => [file.syntax, file.index].iter().flatten().map(|(_, id)| *id).collect(),
        };
    }
    let start = what.split('/').next().unwrap_or_default();
    if start.len() < 4 || !start.chars().all(|c| c.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let mut ids: Vec<ContentId> = known
        .iter()
        .flat_map(|known| &known.files)
        .flat_map(|file| file.contents())
        .filter(|id| id.to_string().starts_with(start))
        .copied()
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

fn show(bytes: &[u8], arguments: &Arguments) -> Result<u8, Failure> {
    let artifact = Artifact::open(bytes).map_err(|error| Failure::Usage(error.to_string()))?;
    match arguments.json {
        true => print(&format!("{:#}\n", text::json(&artifact))),
        false => print(&text::text(&artifact)),
    }
}
