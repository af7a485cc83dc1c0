/// The largest bodies that are taken, in bytes; a larger one is answered with 413.
package enum BodyLimit {
    package static let ingress = 32 << 20
    package static let admin = 2 << 20
}
