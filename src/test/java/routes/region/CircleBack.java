package routes.region;

import routes.file.CircleThere;

/** The other half of a circle of packages, for the Java style check to find. */
public record CircleBack(CircleThere there) {}
