//! What wraps every stage's main: arguments, standard streams, batch and worker mode, diagnostics, description.
