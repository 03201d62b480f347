"""The vault: values sealed under keys of their subject, keys wrapped under keys of an epoch, look-up without values."""
