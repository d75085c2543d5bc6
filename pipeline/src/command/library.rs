//! `dx-pipe library`.

use std::path::Path;

use clap::Args;

use super::print;
use crate::failure::Failure;
use crate::library;
use crate::store::Store;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Arguments {}

pub(crate) fn run() -> Result<u8, Failure> {
    let workspace = Workspace::find(Path::new("."))?;
    let store = Store::open(&workspace);
    let folder = library::folder(&store.folder(&workspace))?;
    print(&format!("{}\n", folder.display()))
}
