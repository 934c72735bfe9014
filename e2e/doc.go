// Package e2e holds the tests of the built program as people meet it: started as a process on an empty folder, seen in a
// browser, spoken to by the clients that people have. It is a module of its own, so that none of what that takes becomes
// a dependency of the program.
package e2e
