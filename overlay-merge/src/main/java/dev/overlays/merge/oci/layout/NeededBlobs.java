package dev.overlays.merge.oci.layout;

import dev.overlays.merge.oci.stream.BlobDigest;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds the blobs that the images of a layout need, by the descriptors in their documents, of any
 * kind: other programs may keep lists of images and more in the layout. Source: the OCI image
 * specification, "OCI Content Descriptors".
 */
final class NeededBlobs {
  private static final String JSON_SUFFIX = "json";

  private final LayoutDirectory layout;
  private final ImageRefusals refusals;
  private final Set<String> found = new HashSet<>();
  private final Deque<Object> unread = new ArrayDeque<>();

  NeededBlobs(LayoutDirectory layout, ImageRefusals refusals) {
    this.layout = layout;
    this.refusals = refusals;
  }

  /** Returns the digests of all blobs that are needed, whether they exist or not. */
  Set<String> findAll() throws IOException {
    unread.add(layout.readIndex(refusals).fields());
    while (!unread.isEmpty()) {
      Object value = unread.remove();
      if (value instanceof Map<?, ?> fields) {
        fields.values().stream().filter(Objects::nonNull).forEach(unread::add);
        readDescriptor(fields);
      } else if (value instanceof List<?> values) {
        values.stream().filter(Objects::nonNull).forEach(unread::add);
      }
    }
    return found;
  }

  private void readDescriptor(Map<?, ?> fields) throws IOException {
    if (!(fields.get("digest") instanceof String digest)
        || !BlobDigest.isDigest(digest)
        || !found.add(digest)) {
      return;
    }
    // One that does not say what it is may name others, too.
    String type = fields.get("mediaType") instanceof String text ? text : JSON_SUFFIX;
    if (type.endsWith(JSON_SUFFIX) && Files.exists(layout.blob(digest))) {
      long size =
          fields.get("size") instanceof Number number
              ? number.longValue()
              : Files.size(layout.blob(digest));
      readDocument(new OciDescriptor(type, digest, size));
    }
  }

  private void readDocument(OciDescriptor document) throws IOException {
    byte[] content = layout.readDocument(document, refusals);
    try {
      unread.add(JsonText.parseObject(content));
    } catch (IOException e) {
      throw refusals.brokenDocument("document " + document.digest(), e.getMessage());
    }
  }
}
