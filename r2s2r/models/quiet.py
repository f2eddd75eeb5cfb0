"""Keeps diffusers' and transformers' bars and notices off stderr, where a run shows its own. Errors stay exceptions."""


def quiet_libraries() -> None:
    """Silence transformers and diffusers in this process; before what they say on being imported."""
    import diffusers.utils.logging as of_diffusers
    import transformers.utils.logging as of_transformers

    for library in (of_diffusers, of_transformers):
        library.set_verbosity_error()
        library.disable_progress_bar()
