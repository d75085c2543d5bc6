//! The operations of the language on any values, dispatched through type slots.

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::kinds;
use crate::slots::CompareOp;
use crate::thread::{RootVec, Thread};
use crate::types::class::TypeObject;
use crate::types::int::Int;
use crate::types::{iterators, list::ListObject, str::StrObject, tuple::TupleObject};
use crate::value::Value;

/// Arguments up to this number are put together on the native stack.
const STACK_ARGS: usize = 8;

/// The int that a value known to be one is.
#[inline(always)]
pub fn int_of(value: Value) -> Int {
    value.as_int().unwrap_or(Int::Small(0))
}

impl Thread {
    /// `callable(*args)`.
    #[inline]
    pub fn call(&self, callable: Value, args: &[Value]) -> PyResult<Value> {
        self.call_args(callable, Args::new(args))
    }

    /// A call with keywords as well.
    #[inline]
    pub fn call_args(&self, callable: Value, args: Args<'_>) -> PyResult<Value> {
        self.check_stack()?;
        match self.type_of(callable).slots().call {
            Some(call) => call(self, callable, args),
            None => {
                let name = self.type_of(callable).name_str();
                Err(self.type_error(format_args!("'{name}' object is not callable")))
            }
        }
    }

    /// `callable(first, *args)`.
    pub fn call_prepended(&self, callable: Value, first: Value, args: Args<'_>) -> PyResult<Value> {
        self.with_prepended(first, args, |args| self.call_args(callable, args))
    }

    /// Runs `action` with `first` in front of the arguments.
    #[inline]
    pub fn with_prepended<R>(&self, first: Value, args: Args<'_>, action: impl FnOnce(Args<'_>) -> R) -> R {
        let all = args.all();
        if all.len() < STACK_ARGS {
            let mut words = [Value::UNBOUND; STACK_ARGS];
            words[0] = first;
            words[1..=all.len()].copy_from_slice(all);
            return action(Args::with_names(&words[..=all.len()], args.names()));
        }
        let mut words = RootVec::new(self);
        words.reserve(all.len() + 1);
        words.push(first);
        words.extend(all);
        action(Args::with_names(&words, args.names()))
    }

    /// `object.name(*args)`, without making a bound method where there is none.
    pub fn call_method(&self, object: Value, name: Value, args: &[Value]) -> PyResult<Value> {
        let (function, unbound) = self.load_method(object, name)?;
        if unbound {
            self.call_prepended(function, object, Args::new(args))
        } else {
            self.call(function, args)
        }
    }

    /// Calls a special method found on the type: `None` when the type has none.
    pub fn call_special(&self, object: Value, name: Value, args: &[Value]) -> PyResult<Option<Value>> {
        let class = self.type_of(object);
        let Some(found) = class.lookup(self, name) else { return Ok(None) };
        let found_class = self.type_of(found);
        if found_class.has_flag(crate::spec::flags::METHOD) {
            return self.call_prepended(found, object, Args::new(args)).map(Some);
        }
        let bound = match found_class.slots().descr_get {
            Some(get) => get(self, found, Some(object), class.value())?,
            None => found,
        };
        self.call(bound, args).map(Some)
    }

    /// `repr(value)`: a str.
    pub fn repr(&self, value: Value) -> PyResult<Value> {
        self.check_stack()?;
        let class = self.type_of(value);
        let Some(repr) = class.slots().repr else {
            let (name, address) = (class.name_str(), value.word());
            return Ok(self.str_format(format_args!("<{name} object at {address:#x}>")));
        };
        let result = repr(self, value)?;
        self.expect_str(result, "__repr__")
    }

    /// `str(value)`: a str.
    pub fn to_str(&self, value: Value) -> PyResult<Value> {
        if value.header().is_some_and(|header| header.shape() == ids::STR.0) {
            return Ok(value);
        }
        self.check_stack()?;
        match self.type_of(value).slots().str {
            Some(str) => {
                let result = str(self, value)?;
                self.expect_str(result, "__str__")
            }
            None => self.repr(value),
        }
    }

    fn expect_str(&self, result: Value, method: &str) -> PyResult<Value> {
        if result.as_str().is_some() {
            return Ok(result);
        }
        let given = self.type_of(result).name_str();
        Err(self.type_error(format_args!("{method} returned non-string (type {given})")))
    }

    /// `bool(value)`.
    #[inline]
    pub fn truth(&self, value: Value) -> PyResult<bool> {
        match value {
            Value::TRUE => Ok(true),
            Value::FALSE | Value::NONE => Ok(false),
            value if value.is_small() => Ok(value != Value::ZERO),
            _ => self.truth_slow(value),
        }
    }

    #[inline(never)]
    fn truth_slow(&self, value: Value) -> PyResult<bool> {
        if let Some(float) = value.as_float_immediate() {
            return Ok(float != 0.0);
        }
        if let Some(header) = value.header() {
            // Exact builtin containers and strings, and subclasses that changed neither slot, come here often.
            match header.kind() {
                kinds::STR => {
                    return Ok(value.downcast::<StrObject>().is_some_and(|string| !string.is_empty()));
                }
                kinds::TUPLE => {
                    return Ok(value.downcast::<TupleObject>().is_some_and(|tuple| !tuple.is_empty()));
                }
                kinds::LIST if header.shape() == ids::LIST.0 => {
                    return Ok(value.downcast::<ListObject>().is_some_and(|list| !list.is_empty()));
                }
                _ => {}
            }
        }
        let class = self.type_of(value);
        match (class.slots().bool, class.slots().len) {
            (Some(bool), _) => bool(self, value),
            (None, Some(len)) => Ok(len(self, value)? != 0),
            (None, None) => Ok(true),
        }
    }

    /// `a == b` as a truth value; identical values are equal without asking (containers' rule).
    #[inline]
    pub fn equal(&self, a: Value, b: Value) -> PyResult<bool> {
        if a == b {
            return Ok(true);
        }
        if a.is_small() && b.is_small() {
            return Ok(false);
        }
        if let (Some(a), Some(b)) = (a.downcast::<StrObject>(), b.downcast::<StrObject>()) {
            return Ok(a.equals(&b));
        }
        let result = self.compare(a, b, CompareOp::Eq)?;
        self.truth(result)
    }

    /// `a op b` as a truth value.
    pub fn compare_truth(&self, a: Value, b: Value, op: CompareOp) -> PyResult<bool> {
        let result = self.compare(a, b, op)?;
        self.truth(result)
    }

    /// `len(value)`.
    pub fn len(&self, value: Value) -> PyResult<usize> {
        match self.type_of(value).slots().len {
            Some(len) => len(self, value),
            None => {
                let name = self.type_of(value).name_str();
                Err(self.type_error(format_args!("object of type '{name}' has no len()")))
            }
        }
    }

    /// `iter(value)`.
    pub fn iter(&self, value: Value) -> PyResult<Value> {
        let class = self.type_of(value);
        if let Some(iter) = class.slots().iter {
            let iterator = iter(self, value)?;
            if self.type_of(iterator).slots().next.is_none() {
                let name = self.type_of(iterator).name_str();
                return Err(self.type_error(format_args!("iter() returned non-iterator of type '{name}'")));
            }
            return Ok(iterator);
        }
        let blocked = class.lookup(self, self.names().__iter__).is_some();
        if class.slots().getitem.is_some() && !blocked && value.as_dict().is_none() {
            return Ok(iterators::new(self, ids::SEQUENCE_ITERATOR, value, 0, Value::NONE));
        }
        let name = class.name_str();
        Err(self.type_error(format_args!("'{name}' object is not iterable")))
    }

    /// The next value of an iterator, `None` at its end.
    #[inline]
    pub fn next(&self, iterator: Value) -> PyResult<Option<Value>> {
        match self.type_of(iterator).slots().next {
            Some(next) => next(self, iterator),
            None => {
                let name = self.type_of(iterator).name_str();
                Err(self.type_error(format_args!("'{name}' object is not an iterator")))
            }
        }
    }

    /// Runs `action` on each item of an iterable. Lists may change meanwhile, as in a `for` loop.
    pub fn for_each(&self, iterable: Value, mut action: impl FnMut(Value) -> PyResult<()>) -> PyResult<()> {
        if let Some(tuple) = iterable.downcast::<TupleObject>() {
            for &item in tuple.items() {
                action(item)?;
            }
            return Ok(());
        }
        if let Some(list) = iterable.downcast::<ListObject>()
            && list.header().shape() == ids::LIST.0
        {
            let mut index = 0;
            while let Some(item) = list.get(index) {
                action(item)?;
                index += 1;
            }
            return Ok(());
        }
        let iterator = self.iter(iterable)?;
        let Some(next) = self.type_of(iterator).slots().next else { return Ok(()) };
        while let Some(item) = next(self, iterator)? {
            action(item)?;
        }
        Ok(())
    }

    /// `container[key]`.
    pub fn getitem(&self, container: Value, key: Value) -> PyResult<Value> {
        let class = self.type_of(container);
        if let Some(getitem) = class.slots().getitem {
            return getitem(self, container, key);
        }
        if let Some(class) = container.as_type() {
            return self.class_getitem(class, key);
        }
        let name = class.name_str();
        Err(self.type_error(format_args!("'{name}' object is not subscriptable")))
    }

    fn class_getitem(&self, class: Gc<TypeObject>, key: Value) -> PyResult<Value> {
        if class == self.builtin_type(ids::TYPE) {
            // Found on `type` as a method, it would answer for every class.
            return crate::types::generic_alias::new(self, class.value(), key);
        }
        if let Some(method) = self.find_attr(class.value(), self.names().__class_getitem__)? {
            return self.call(method, &[key]);
        }
        let name = class.name_str();
        Err(self.type_error(format_args!("type '{name}' is not subscriptable")))
    }

    /// `container[key] = value`.
    pub fn setitem(&self, container: Value, key: Value, value: Value) -> PyResult<()> {
        match self.type_of(container).slots().setitem {
            Some(setitem) => setitem(self, container, key, Some(value)),
            None => Err(self.no_item(container, "assignment")),
        }
    }

    /// `del container[key]`.
    pub fn delitem(&self, container: Value, key: Value) -> PyResult<()> {
        match self.type_of(container).slots().setitem {
            Some(setitem) => setitem(self, container, key, None),
            None => Err(self.no_item(container, "deletion")),
        }
    }

    #[cold]
    fn no_item(&self, container: Value, what: &str) -> crate::error::Raised {
        let name = self.type_of(container).name_str();
        self.type_error(format_args!("'{name}' object does not support item {what}"))
    }

    /// `value in container`.
    pub fn contains(&self, container: Value, value: Value) -> PyResult<bool> {
        let class = self.type_of(container);
        if let Some(contains) = class.slots().contains {
            return contains(self, container, value);
        }
        let iterable = class.slots().iter.is_some() || class.slots().getitem.is_some();
        if !iterable || class.lookup(self, self.names().__contains__) == Some(Value::NONE) {
            let name = class.name_str();
            let what = if iterable { "is not a container" } else { "is not a container or iterable" };
            return Err(self.type_error(format_args!("argument of type '{name}' {what}")));
        }
        let iterator = self.iter(container)?;
        while let Some(item) = self.next(iterator)? {
            if self.equal(item, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `operator.index(value)`: an exact int.
    pub fn index(&self, value: Value) -> PyResult<Value> {
        if value.is_exact_int() {
            return Ok(value);
        }
        if let Some(int) = value.as_int() {
            return Ok(match int {
                Int::Small(small) => Value::small(small),
                Int::Big(big) => big.value(),
            });
        }
        let class = self.type_of(value);
        let Some(index) = class.slots().index else {
            let name = class.name_str();
            return Err(self.type_error(format_args!("'{name}' object cannot be interpreted as an integer")));
        };
        let result = index(self, value)?;
        match result.as_int() {
            Some(_) => Ok(result),
            None => {
                let name = self.type_of(result).name_str();
                Err(self.type_error(format_args!("__index__ returned non-int (type {name})")))
            }
        }
    }

    /// An index as a machine word; `error` is the class of the exception for one that does not fit.
    pub fn index_isize(&self, value: Value, error: ids::TypeId) -> PyResult<isize> {
        if let Some(small) = value.as_small() {
            return Ok(small as isize);
        }
        let index = self.index(value)?;
        match int_of(index).to_i64() {
            Some(index) => Ok(index as isize),
            None => {
                let name = self.type_of(value).name_str();
                Err(self
                    .raise_message(error, &format_args!("cannot fit '{name}' into an index-sized integer")))
            }
        }
    }

    /// Whether the value can be called.
    pub fn is_callable(&self, value: Value) -> bool {
        self.type_of(value).slots().call.is_some()
    }

    /// The items of an iterable as a slice-able tuple or list, without a copy for exact ones.
    pub fn sequence(&self, iterable: Value) -> PyResult<RootVec<'_>> {
        let mut items = RootVec::new(self);
        items.extend_iterable(iterable)?;
        Ok(items)
    }

    /// `isinstance(value, class)` for a type, with `__class__` and `__instancecheck__`; `class` may be a tuple.
    pub fn isinstance(&self, value: Value, class: Value) -> PyResult<bool> {
        if self.type_of(value).value() == class {
            return Ok(true);
        }
        if self.type_of(class) == self.builtin_type(ids::TYPE) {
            return self.recursive_isinstance(value, class);
        }
        if let Some(classes) = class.tuple_items() {
            self.check_stack()?;
            for &class in classes {
                if self.isinstance(value, class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.call_special(class, self.names().__instancecheck__, &[value])? {
            Some(result) => self.truth(result),
            None => self.recursive_isinstance(value, class),
        }
    }

    /// What `type.__instancecheck__` does.
    pub fn recursive_isinstance(&self, value: Value, class: Value) -> PyResult<bool> {
        if let Some(class) = class.as_type() {
            if self.type_of(value).is_subtype(class) {
                return Ok(true);
            }
            let claimed = self.find_attr(value, self.names().__class__)?.and_then(Value::as_type);
            return Ok(
                claimed.is_some_and(|claimed| claimed != self.type_of(value) && claimed.is_subtype(class))
            );
        }
        if self.find_attr(class, self.names().__bases__)?.is_none_or(|bases| bases.as_tuple().is_none()) {
            return Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
        }
        match self.find_attr(value, self.names().__class__)? {
            Some(claimed) => self.abstract_issubclass(claimed, class),
            None => Ok(false),
        }
    }

    /// `issubclass(derived, class)`; `class` may be a tuple.
    pub fn issubclass(&self, derived: Value, class: Value) -> PyResult<bool> {
        if self.type_of(class) == self.builtin_type(ids::TYPE) {
            return if derived == class { Ok(true) } else { self.recursive_issubclass(derived, class) };
        }
        if let Some(classes) = class.tuple_items() {
            self.check_stack()?;
            for &class in classes {
                if self.issubclass(derived, class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.call_special(class, self.names().__subclasscheck__, &[derived])? {
            Some(result) => self.truth(result),
            None => self.recursive_issubclass(derived, class),
        }
    }

    /// What `type.__subclasscheck__` does.
    pub fn recursive_issubclass(&self, derived: Value, class: Value) -> PyResult<bool> {
        if let (Some(derived), Some(class)) = (derived.as_type(), class.as_type()) {
            return Ok(derived.is_subtype(class));
        }
        for (value, message) in [
            (derived, "issubclass() arg 1 must be a class"),
            (class, "issubclass() arg 2 must be a class, a tuple of classes, or a union"),
        ] {
            if self.find_attr(value, self.names().__bases__)?.is_none_or(|bases| bases.as_tuple().is_none()) {
                return Err(self.type_error(message));
            }
        }
        self.abstract_issubclass(derived, class)
    }

    /// Walks `__bases__` of things that only look like classes.
    fn abstract_issubclass(&self, derived: Value, class: Value) -> PyResult<bool> {
        if derived == class {
            return Ok(true);
        }
        self.check_stack()?;
        let Some(bases) = self.find_attr(derived, self.names().__bases__)? else { return Ok(false) };
        for &base in bases.tuple_items().unwrap_or_default() {
            if self.abstract_issubclass(base, class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
