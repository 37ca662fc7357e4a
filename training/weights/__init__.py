"""From a training run to the files that the package ships."""
