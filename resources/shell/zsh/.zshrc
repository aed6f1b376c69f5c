# From here on the user's own folder is the one: for the history, completions and shells below this one.
if [[ -n "$LAUNCHPAD_ZDOTDIR" ]]; then ZDOTDIR="$LAUNCHPAD_ZDOTDIR"; else unset ZDOTDIR; fi
launchpad_dotfile .zshrc
unfunction launchpad_dotfile
# What the user's own file put in front (a conda, a pyenv) would hide the environment's Python.
PATH="$LAUNCHPAD_BIN:$PATH"
unset LAUNCHPAD_BIN LAUNCHPAD_ZDOTDIR PYTHONHOME PYTHONPATH
rehash
