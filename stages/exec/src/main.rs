//! The dx-exec executable; everything is in the library.

fn main() {
    std::process::exit(dx_exec::main());
}
