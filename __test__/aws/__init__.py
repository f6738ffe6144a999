"""A stand-in for AWS on this machine: moto, as strict as AWS where the project rests on it."""
