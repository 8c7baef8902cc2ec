package dev.overlays.testkit.layer;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Reads the user-defined attributes of one entry; the names are those of {@link UserXattrs}. */
interface StoredXattrs {
  Set<String> listNames() throws IOException;

  Optional<byte[]> readValue(String name) throws IOException;
}
