package dev.overlays.merge.oci.layout;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The index of a layout: the images in it, in the order in which they came. Fields that only other
 * programs know are kept.
 */
public final class LayoutIndex {
  static final LayoutIndex EMPTY = new LayoutIndex(newFields());

  private static final String NAME = "org.opencontainers.image.ref.name";
  private static final String MANIFESTS = "manifests";
  private static final String ANNOTATIONS = "annotations";

  /** Source: the OCI image specification, "Pre-Defined Annotation Keys". */
  private static final Pattern ALLOWED =
      Pattern.compile("[A-Za-z0-9]+(?:(?:--|[-._:@+/])[A-Za-z0-9]+)*");

  private final Map<String, Object> fields;

  private LayoutIndex(Map<String, Object> fields) {
    this.fields = fields;
  }

  private static Map<String, Object> newFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("schemaVersion", 2L);
    fields.put("mediaType", ImageMediaTypes.INDEX);
    fields.put(MANIFESTS, List.of());
    return fields;
  }

  static LayoutIndex parse(byte[] document, ImageRefusals refusals) throws OverlayException {
    try {
      LayoutIndex index = new LayoutIndex(JsonText.parseObject(document));
      for (JsonFields entry : index.entries()) {
        entry.textMap(ANNOTATIONS);
      }
      return index;
    } catch (IOException e) {
      throw refusals.brokenDocument("index.json", e.getMessage());
    }
  }

  private List<JsonFields> entries() throws IOException {
    return JsonFields.of(fields).objects(MANIFESTS);
  }

  /** Returns the names of the images that have one. */
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonFields entry : entries()) {
      nameOf(entry).ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> nameOf(JsonFields entry) throws IOException {
    return Optional.ofNullable(entry.textMap(ANNOTATIONS).get(NAME));
  }

  /** Requires a name that the specification allows for an image. */
  public static void requireName(String name) {
    if (!ALLOWED.matcher(name).matches()) {
      throw new IllegalArgumentException("no name of an image: " + name);
    }
  }

  /** Finds an image by its name or by the digest of its manifest. */
  public OciDescriptor find(ImageRefusals refusals) throws IOException {
    List<OciDescriptor> found = new ArrayList<>();
    for (JsonFields entry : entries()) {
      if (isNamed(entry, refusals.image())) {
        OciDescriptor manifest = describe(entry, refusals);
        if (!found.contains(manifest)) {
          found.add(manifest);
        }
      }
    }
    if (found.isEmpty()) {
      throw refusals.notFound(" in the layout");
    }
    if (found.size() > 1) {
      throw refusals.unsupported(
          "is there " + found.size() + " times under one name", "Name it by its digest.");
    }
    return found.get(0);
  }

  private static boolean isNamed(JsonFields entry, String name) throws IOException {
    return nameOf(entry).filter(name::equals).isPresent()
        || entry.optionalText("digest").filter(name::equals).isPresent();
  }

  private static OciDescriptor describe(JsonFields entry, ImageRefusals refusals)
      throws OverlayException {
    try {
      return entry.descriptor();
    } catch (IOException e) {
      throw refusals.brokenDocument("entry in index.json", e.getMessage());
    }
  }

  /** Returns this index with an image, which replaces others of its name. */
  LayoutIndex withImage(String name, OciDescriptor manifest) throws IOException {
    List<Object> images = new ArrayList<>();
    List<?> before = fields.get(MANIFESTS) instanceof List<?> list ? list : List.of();
    List<JsonFields> entries = entries();
    for (int i = 0; i < entries.size(); i++) {
      if (nameOf(entries.get(i)).filter(name::equals).isEmpty()) {
        images.add(before.get(i));
      }
    }
    Map<String, Object> image = JsonFields.describe(manifest);
    image.put(ANNOTATIONS, Map.of(NAME, name));
    images.add(image);
    Map<String, Object> changed = new LinkedHashMap<>(fields);
    changed.put(MANIFESTS, images);
    return new LayoutIndex(changed);
  }

  /** Returns this index without the images of a name or digest. */
  LayoutIndex withoutImage(String name) throws IOException {
    List<Object> images = new ArrayList<>();
    List<?> before = fields.get(MANIFESTS) instanceof List<?> list ? list : List.of();
    List<JsonFields> entries = entries();
    for (int i = 0; i < entries.size(); i++) {
      if (!isNamed(entries.get(i), name)) {
        images.add(before.get(i));
      }
    }
    Map<String, Object> changed = new LinkedHashMap<>(fields);
    changed.put(MANIFESTS, images);
    return new LayoutIndex(changed);
  }

  int size() throws IOException {
    return entries().size();
  }

  /** Returns the whole document. */
  Map<String, Object> fields() {
    return fields;
  }

  byte[] toBytes() {
    return JsonText.toBytes(fields);
  }
}
