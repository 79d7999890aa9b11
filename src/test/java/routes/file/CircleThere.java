package routes.file;

import routes.region.CircleBack;

/** One half of a circle of packages, for the Java style check to find. */
public record CircleThere(CircleBack back) {}
