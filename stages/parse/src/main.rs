//! The dx-parse executable; everything is in the library and the shell.

dx_shell::stage_main!(dx_parse::Parse);
