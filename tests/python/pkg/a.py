X = "ax"
def lazy():
    from .sub import deep
    return deep.value
