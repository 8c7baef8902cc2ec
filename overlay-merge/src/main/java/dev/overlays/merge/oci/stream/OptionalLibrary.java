package dev.overlays.merge.oci.stream;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;

/**
 * A library that a user adds who needs what it is for.
 *
 * @param type one of its classes
 * @param artifact group and artifact, as Maven names it
 * @param modules what the module path needs of it, separated by commas
 * @param need who needs it, such as {@code images need it}
 */
public record OptionalLibrary(String type, String artifact, String modules, String need) {

  /** Refuses if its class cannot be loaded. */
  public void requirePresent() throws OverlayException {
    try {
      Class.forName(type, false, OptionalLibrary.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.ARCHIVE_LIBRARY_MISSING,
              "The library " + artifact + " is missing; " + need + ".",
              "Add it to the dependencies; on the module path also use --add-modules "
                  + modules
                  + "."));
    }
  }
}
