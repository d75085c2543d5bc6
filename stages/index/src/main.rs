//! The dx-index executable; everything is in the library and the shell.

dx_shell::stage_main!(dx_index::Index);
