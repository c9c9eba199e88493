package apachekafka

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// jarsVariable names the variable of the environment that says where the jars are.
const jarsVariable = "MUSTER_KAFKA_JARS"

// Jars returns the folder of the broker's jars: what MUSTER_KAFKA_JARS names, or bin/apache-kafka in the checkout that
// the working directory belongs to. It is an error when there are none.
func Jars() (string, error) {
	dir := os.Getenv(jarsVariable)
	if dir == "" {
		root, err := checkout()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "bin", "apache-kafka")
	}
	found, err := filepath.Glob(filepath.Join(dir, "kafka_*.jar"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("find apache kafka: no kafka_*.jar in %s; run: make kafka-jars", dir)
	}
	return dir, nil
}

// checkout returns the nearest folder above the working directory that holds a go.mod.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find apache kafka: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("find apache kafka: not within the checkout; set " + jarsVariable)
		}
		dir = up
	}
}
