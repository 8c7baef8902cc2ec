package dev.overlays.testkit.inode;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.jimfs.AttributeProvider;
import com.google.common.jimfs.File;
import com.google.common.jimfs.FileLookup;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;

/**
 * Adds {@link InodeView} and {@link Inode} to a jimfs that has the views {@code posix} and {@code
 * user}. It keeps no attributes of its own: what it reads and sets are those of these views.
 */
public final class InodeProvider extends AttributeProvider {

  /** Creates a provider. */
  public InodeProvider() {}

  @Override
  public String name() {
    return InodeView.NAME;
  }

  @Override
  public ImmutableSet<String> fixedAttributes() {
    return ImmutableSet.of(InodeValue.NAME);
  }

  @Override
  public Object get(File file, String attribute) {
    return null;
  }

  @Override
  public void set(File file, String view, String attribute, Object value, boolean create) {
    checkType(view, attribute, value, InodeValue.class).storeIn(file);
  }

  @Override
  public Class<Inode> attributesType() {
    return Inode.class;
  }

  @Override
  public BasicFileAttributes readAttributes(File file) {
    return new Inode(file);
  }

  @Override
  public Class<InodeView> viewType() {
    return InodeView.class;
  }

  @Override
  public InodeView view(FileLookup lookup, ImmutableMap<String, FileAttributeView> inherited) {
    return new FoundView(lookup);
  }

  private record FoundView(FileLookup lookup) implements InodeView {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public void setValue(ValueChange change) throws IOException {
      File file = lookup.lookup();
      change.compute(new Inode(file)).storeIn(file);
    }
  }
}
