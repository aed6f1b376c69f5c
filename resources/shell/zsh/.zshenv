# zsh reads its files from this folder, so that ours can follow each of the user's own.
launchpad_dotfile() { [[ ! -f "${LAUNCHPAD_ZDOTDIR:-$HOME}/$1" ]] || . "${LAUNCHPAD_ZDOTDIR:-$HOME}/$1" }
launchpad_dotfile .zshenv
