//! One fragment's tree and scopes to DPB bytecode.
