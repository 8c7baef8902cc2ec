package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;

/** The steps that use open directories, while their entries change or they are moved. */
sealed interface ListingStep extends ReplayStep {

  record OpenListing(int listing, String path) implements ListingStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      session.keepListing(listing, TrackedListing.open(session.openablePath(path)));
      return "open";
    }
  }

  /** Reads some entries. The order is not compared, so the result does not name them. */
  record ReadListing(int listing, int count) implements ListingStep {
    @Override
    public String performIn(ViewSession session) {
      session.listingOf(listing).readSome(count);
      return "read";
    }
  }

  record EndListing(int listing) implements ListingStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      String stayed = session.listingOf(listing).readAll();
      session.closeListing(listing);
      return stayed;
    }
  }

  record DeleteFileIn(int listing, String name) implements ListingStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      session.listingOf(listing).secureStream().deleteFile(session.relativePath(name));
      return "deleted";
    }
  }

  record DeleteDirectoryIn(int listing, String name) implements ListingStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      try {
        session.listingOf(listing).secureStream().deleteDirectory(session.relativePath(name));
        return "deleted";
      } catch (DirectoryNotEmptyException e) {
        // The JDK's own exception has no path here.
        return "not empty";
      }
    }
  }

  /** Renames without a check before, and without a copy if the rename is refused. */
  record MoveIn(int listing, String name, int targetListing, String target) implements ListingStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      session
          .listingOf(listing)
          .secureStream()
          .move(
              session.relativePath(name),
              session.listingOf(targetListing).secureStream(),
              session.relativePath(target));
      return "moved";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session
          .shownFields()
          .mayDisagree(
              session.listingOf(listing).attributesOf(session.relativePath(name)),
              session.listingOf(targetListing).attributesOf(session.relativePath(target)));
    }
  }

  record SetModeIn(int listing, String name, int mode) implements ListingStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Path entry = session.relativePath(name);
      session.listingOf(listing).refuseSpecial(entry);
      session
          .listingOf(listing)
          .secureStream()
          .getFileAttributeView(entry, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(ModeBits.toPermissions(mode));
      return "changed";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shownFields().keepsOut(mode);
    }
  }
}
