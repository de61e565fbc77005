"""The sector systems beside the one-stop ones: a module each, found by `demo.system`."""
