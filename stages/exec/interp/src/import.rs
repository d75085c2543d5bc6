//! Imports: the table of modules first, then the finder that the program around supplied.

pub mod from;

use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::dict::DictObject;
use dx_object::types::module::{self, ModuleObject};
use dx_object::value::Value;

pub use from::{import_from, import_star};

use crate::call::call_with_owner;
use crate::code::load_module;
use crate::frame::{ThreadState, Window};
use crate::image::ModuleInput;
use crate::ops;
use crate::state::Found;

/// IMPORT_NAME.
pub fn import_name(
    thread: &Thread,
    regs: Window,
    name: Value,
    fromlist: Value,
    level: Value,
) -> PyResult<Value> {
    let import = ops::names::builtins(thread, regs).get_name(thread, thread.names().__import__);
    let Some(import) = import else { return Err(thread.import_error("__import__ not found")) };
    let globals = ops::names::globals(regs).value();
    if import == ThreadState::of(thread).state.own_import.get() {
        return import_module(thread, name, globals, fromlist, level.as_small().unwrap_or(0));
    }
    let locals = if regs.owner().is_heap() { regs.owner() } else { Value::NONE };
    thread.call(import, &[name, globals, locals, fromlist, level])
}

/// `__import__`.
pub fn import_module(
    thread: &Thread,
    name: Value,
    globals: Value,
    fromlist: Value,
    level: i64,
) -> PyResult<Value> {
    thread.check_stack()?;
    if name.as_str().is_none() {
        return Err(thread.type_error("module name must be a string"));
    }
    let text = crate::text(name);
    if level < 0 {
        return Err(thread.value_error("level must be >= 0"));
    }
    let absolute = if level > 0 { resolve(thread, &text, globals, level as usize)? } else { text.clone() };
    if absolute.is_empty() {
        return Err(thread.value_error("Empty module name"));
    }
    let found = load(thread, &absolute)?;
    let wants_names = !fromlist.is_none() && thread.truth(fromlist)?;
    if wants_names {
        from::load_submodules(thread, found, &absolute, fromlist)?;
        return Ok(found);
    }
    if level == 0 {
        return match text.split_once('.') {
            Some((first, _)) => load(thread, first),
            None => Ok(found),
        };
    }
    if text.is_empty() {
        return Ok(found);
    }
    // `from . import` has names; `__import__("a.b", level=1)` answers the part up to the first dot.
    let cut = text.split_once('.').map_or(0, |(first, _)| text.len() - first.len());
    load(thread, &absolute[..absolute.len() - cut])
}

/// The absolute name of a relative import.
fn resolve(thread: &Thread, name: &str, globals: Value, level: usize) -> PyResult<String> {
    let Some(globals) = globals.as_dict() else { return Err(thread.type_error("globals must be a dict")) };
    let names = thread.names();
    let text =
        |key: Value| globals.get_name(thread, key).filter(|value| value.as_str().is_some()).map(crate::text);
    let package = match text(names.__package__) {
        Some(package) => package,
        None => {
            let Some(own) = text(names.__name__) else {
                return Err(thread.key_error(names.__name__));
            };
            if globals.get_name(thread, names.__path__).is_some() {
                own
            } else {
                own.rsplit_once('.').map_or(String::new(), |(package, _)| package.to_owned())
            }
        }
    };
    if package.is_empty() {
        return Err(thread.import_error("attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((parent, _)) => base = parent,
            None => return Err(thread.import_error("attempted relative import beyond top-level package")),
        }
    }
    Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
}

/// The dict `sys.modules`.
pub fn modules(thread: &Thread) -> PyResult<Gc<DictObject>> {
    thread.modules.get().as_dict().ok_or_else(|| thread.runtime_error("unable to get sys.modules"))
}

/// The module of this absolute name, loaded with its parents if need be.
pub fn load(thread: &Thread, name: &str) -> PyResult<Value> {
    let key = thread.intern(name);
    if let Some(known) = modules(thread)?.get_name(thread, key) {
        if known.is_none() {
            return Err(not_found(thread, name, &format!("import of {name} halted; None in sys.modules")));
        }
        return Ok(known);
    }
    let mut parent = None;
    if let Some((package, _)) = name.rsplit_once('.') {
        let module = load(thread, package)?;
        // Loading the package may have loaded this one.
        if let Some(known) = modules(thread)?.get_name(thread, key) {
            return Ok(known);
        }
        let path = thread.get_attr(module, thread.names().__path__);
        let Some(path) = thread.catching(ids::ATTRIBUTE_ERROR, path)? else {
            let message = format!("No module named '{name}'; '{package}' is not a package");
            return Err(not_found(thread, name, &message));
        };
        parent = Some((module, path));
    }
    let made = match find(thread, name, parent.map(|(_, path)| path))? {
        Some(Found::Code(input)) => run_module(thread, name, input)?,
        Some(Found::Namespace(folders)) => namespace(thread, name, &folders)?,
        Some(Found::Native(make)) => {
            let module = make(thread)?;
            modules(thread)?.set_name(thread, key, module)?;
            module
        }
        None => return Err(not_found(thread, name, &format!("No module named '{name}'"))),
    };
    let made = modules(thread)?.get_name(thread, key).unwrap_or(made);
    if let Some((parent, _)) = parent {
        let tail = name.rsplit_once('.').map_or(name, |(_, tail)| tail);
        thread.set_attr(parent, thread.intern(tail), made)?;
    }
    Ok(made)
}

fn find(thread: &Thread, name: &str, path: Option<Value>) -> PyResult<Option<Found>> {
    let Some(finder) = ThreadState::of(thread).state.finder() else { return Ok(None) };
    let Some(path) = path else { return finder.find(thread, name, None) };
    let mut folders = Vec::new();
    thread.for_each(path, |folder| {
        if folder.as_str().is_some() {
            folders.push(crate::text(folder));
        }
        Ok(())
    })?;
    finder.find(thread, name, Some(&folders))
}

#[cold]
pub fn not_found(thread: &Thread, name: &str, message: &str) -> Raised {
    let raised = thread.module_not_found_error(message);
    let exception = thread.exception();
    let set = thread.set_attr(exception, thread.names().name, thread.str(name));
    if set.is_err() {
        thread.set_exception(exception);
    }
    raised
}

fn namespace(thread: &Thread, name: &str, folders: &[String]) -> PyResult<Value> {
    let module = module::new(thread, name, Value::NONE)?;
    let path = thread.list(&[])?;
    for folder in folders {
        if let Some(list) = path.as_list() {
            list.push(thread, thread.str(folder))?;
        }
    }
    if let Some(dict) = module.dict() {
        dict.set_name(thread, thread.names().__path__, path)?;
        dict.set_name(thread, thread.names().__package__, thread.intern(name))?;
    }
    modules(thread)?.set_name(thread, thread.intern(name), module.value())?;
    Ok(module.value())
}

/// Makes the module object of code, enters it into the table and runs its body.
pub fn run_module(thread: &Thread, name: &str, input: ModuleInput) -> PyResult<Value> {
    let module = module::new(thread, name, Value::NONE)?;
    let key = thread.intern(name);
    describe(thread, module, name, &input)?;
    modules(thread)?.set_name(thread, key, module.value())?;
    let state = &ThreadState::of(thread).state;
    state.importing.borrow_mut().push(name.to_owned());
    let result = run_body(thread, module, input);
    state.importing.borrow_mut().retain(|known| known != name);
    if let Err(raised) = result {
        if let Ok(modules) = modules(thread) {
            modules.remove_name(thread, key);
        }
        return Err(raised);
    }
    Ok(module.value())
}

/// `__file__`, `__package__`, `__path__` and `__builtins__`.
fn describe(thread: &Thread, module: Gc<ModuleObject>, name: &str, input: &ModuleInput) -> PyResult<()> {
    let Some(dict) = module.dict() else { return Ok(()) };
    let names = thread.names();
    dict.set_name(thread, names.__builtins__, thread.builtins.get())?;
    if input.source.is_none() || !input.path.starts_with('<') {
        dict.set_name(thread, names.__file__, thread.str(&input.path))?;
    }
    let package = if input.package {
        let folder = input.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = thread.list(&[])?;
        if let Some(list) = path.as_list() {
            list.push(thread, thread.str(folder))?;
        }
        dict.set_name(thread, names.__path__, path)?;
        Some(name)
    } else {
        name.rsplit_once('.').map(|(package, _)| package).or(Some("")).filter(|_| name != "__main__")
    };
    let package = package.map_or(Value::NONE, |package| thread.intern(package));
    dict.set_name(thread, names.__package__, package)
}

/// Runs a module's body in its namespace.
fn run_body(thread: &Thread, module: Gc<ModuleObject>, input: ModuleInput) -> PyResult<()> {
    let Some(dict) = module.dict() else { return Ok(()) };
    let loaded = load_module(thread, input);
    let code = loaded.code(thread, 0, 0)?;
    if let Some(doc) = code.docstring {
        dict.set_name(thread, thread.names().__doc__, doc)?;
    }
    let globals = dict.value();
    run_code(thread, code, globals, globals).map(|_| ())
}

/// Runs code that has a namespace (a module's, or what `exec` made).
pub fn run_code(
    thread: &Thread,
    code: &'static crate::code::Code,
    globals: Value,
    locals: Value,
) -> PyResult<Value> {
    let builtins = match globals.as_dict().and_then(|dict| dict.get_name(thread, thread.names().__builtins__))
    {
        Some(builtins) => match builtins.downcast::<ModuleObject>() {
            Some(module) => module.dict.get(),
            None => builtins,
        },
        None => thread.builtins.get(),
    };
    let function = ops::function::of_code(thread, code, globals, builtins, Value::NONE, Value::NONE);
    call_with_owner(thread, function, locals, &[], Value::NONE)
}

/// `__import__` as a function.
pub fn dunder_import(thread: &Thread, args: dx_object::args::Args<'_>) -> PyResult<Value> {
    const SIGNATURE: dx_object::args::Signature = dx_object::args::Signature {
        function: "__import__",
        parameters: &["name", "globals", "locals", "fromlist", "level"],
        positional_only: 0,
        positional: 5,
        required: 1,
    };
    let [name, globals, _, fromlist, level] = SIGNATURE.bind::<5>(thread, args)?;
    let given = |value: Value| if value.is_unbound() { Value::NONE } else { value };
    let fromlist = RootVec::from_slice(thread, &[given(fromlist)]);
    import_module(thread, name, given(globals), fromlist[0], given(level).as_small().unwrap_or(0))
}
