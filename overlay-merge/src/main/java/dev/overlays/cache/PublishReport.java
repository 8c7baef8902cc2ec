package dev.overlays.cache;

/**
 * What {@link LowerPublication#run()} did.
 *
 * @param image the digest of the image that holds the lower
 * @param pushed whether it was pushed; false if the registry had it already
 */
public record PublishReport(String image, boolean pushed) {

  /** Returns the report as text. */
  @Override
  public String toString() {
    return (pushed ? "published " : "nothing to do: the registry already has ") + image;
  }
}
