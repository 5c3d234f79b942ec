// Holds nothing: the headers that every test includes are compiled with this file, and read by the
// others.
